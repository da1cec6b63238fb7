import { counted, ok } from '@image-tooling/model';
import { checkAll, type CheckedWorkspace } from '@image-tooling/pipeline';
import { noNames } from '../command/arguments';
import type { Command } from '../command/command';

/** Reports all mistakes of all definitions, locks and files of the workspace. */
export const check: Command = {
  flags: ['json'],
  async run({ given, cwd, env, context }) {
    const none = noNames(given);
    if (!none.ok) return none;
    const checked = await checkAll({ root: cwd, env, context });
    if (!checked.ok) return checked;
    const { failures } = checked.value;
    const exitCode = failures.length > 0 ? 1 : 0;
    return given.flags.json
      ? ok({ lines: [JSON.stringify(checked.value, undefined, 2)], found: [], exitCode })
      : ok({ lines: [summary(checked.value)], found: failures });
  },
};

function summary({ images, tools, failures }: CheckedWorkspace): string {
  const found = failures.length === 0 ? 'no mistakes' : counted(failures.length, 'mistake');
  return `${counted(images, 'image')}, ${counted(tools, 'tool')}: ${found}`;
}
