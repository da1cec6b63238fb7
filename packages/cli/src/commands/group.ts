import { fail, nearest, type Failed } from '@image-tooling/model';
import { checkFlags } from '../arguments';
import type { Command } from './command';

/** Commands by the word that calls them. */
export type Commands = Readonly<Record<string, Command>>;

/** The command of a name; undefined where there is none. */
export function commandNamed(commands: Commands, name: string | undefined): Command | undefined {
  return name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/**
 * One command for several, of which the first word behind it is one: "store ls". Takes the flags of them all, and each
 * of them its own. Fails with `usage` where the word is none of theirs.
 *
 * @param about what something is done with: "store"
 */
export function commandGroup(about: string, commands: Commands): Command {
  return {
    flags: [...new Set(Object.values(commands).flatMap(({ flags }) => flags))],
    output: ({ flags, positional: [name, ...positional] }) =>
      commandNamed(commands, name)?.output?.({ flags, positional }),
    async run(run) {
      const [name, ...positional] = run.given.positional;
      const command = commandNamed(commands, name);
      if (!command) return noCommand(about, commands, name);
      const given = { ...run.given, command: `${about} ${name}`, positional };
      const flags = checkFlags(given, command.flags);
      return flags.ok ? command.run({ ...run, given }) : flags;
    },
  };
}

function noCommand(about: string, commands: Commands, name: string | undefined): Failed {
  const names = Object.keys(commands);
  const near = name === undefined ? undefined : nearest(name, names);
  return fail({
    code: 'usage',
    message:
      name === undefined ? `Say what to do with the ${about}.` : `There is no command "${about} ${name}".`,
    hint:
      near === undefined
        ? `Write: image-tooling ${about} ${names.join(', or ')}`
        : `Did you mean "${about} ${near}"?`,
  });
}
