import { fail, nearest, type Failed } from '@image-tooling/model';
import { checkFlags } from '../../arguments';
import type { Command } from '../command';
import { copy } from './copy';
import { prune } from './prune';
import { rollback } from './rollback';
import { yank } from './yank';

const COMMANDS: Readonly<Record<string, Command>> = { copy, prune, yank, rollback };

/** What is done with images that are in a registry: none of it builds anything. */
export const registry: Command = {
  flags: ['apply', 'reason', 'plain-http'],
  async run(run) {
    const [name, ...positional] = run.given.positional;
    const command = name === undefined ? undefined : COMMANDS[name];
    if (name === undefined || !command) return noCommand(name);
    const given = { ...run.given, command: `registry ${name}`, positional };
    const flags = checkFlags(given, command.flags);
    return flags.ok ? command.run({ ...run, given }) : flags;
  },
};

function noCommand(name: string | undefined): Failed {
  const names = Object.keys(COMMANDS);
  const near = name === undefined ? undefined : nearest(name, names);
  return fail({
    code: 'usage',
    message:
      name === undefined ? 'Say what to do with the registry.' : `There is no command "registry ${name}".`,
    hint:
      near === undefined
        ? `Write: image-tooling registry ${names.join(', or ')} …`
        : `Did you mean "registry ${near}"?`,
  });
}
