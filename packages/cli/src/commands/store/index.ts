import { fail, nearest, type Failed } from '@image-tooling/model';
import { checkFlags } from '../../arguments';
import type { Command } from '../command';
import { du } from './du';
import { exportTo } from './export';
import { importFrom } from './import';
import { ls } from './ls';
import { prune } from './prune';
import { verify } from './verify';

const COMMANDS: Readonly<Record<string, Command>> = {
  ls,
  du,
  prune,
  verify,
  export: exportTo,
  import: importFrom,
};

/** What is done with the store of this machine's user: none of it builds anything but what an export lacks. */
export const store: Command = {
  flags: ['json', 'apply', 'keep-days', 'go', 'repair', 'to', 'platform', 'with-sources'],
  async run(run) {
    const [name, ...positional] = run.given.positional;
    const command = name === undefined ? undefined : COMMANDS[name];
    if (name === undefined || !command) return noCommand(name);
    const given = { ...run.given, command: `store ${name}`, positional };
    const flags = checkFlags(given, command.flags);
    return flags.ok ? command.run({ ...run, given }) : flags;
  },
};

function noCommand(name: string | undefined): Failed {
  const names = Object.keys(COMMANDS);
  const near = name === undefined ? undefined : nearest(name, names);
  return fail({
    code: 'usage',
    message: name === undefined ? 'Say what to do with the store.' : `There is no command "store ${name}".`,
    hint:
      near === undefined
        ? `Write: image-tooling store ${names.join(', or ')}`
        : `Did you mean "store ${near}"?`,
  });
}
