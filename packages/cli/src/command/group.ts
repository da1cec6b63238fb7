import { fail, nearest, type Failed } from '@image-tooling/model';
import { checkFlags } from './arguments';
import type { Command } from './command';

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>;

/** Returns the command with this name, or undefined. */
export function commandNamed(commands: Commands, name: string | undefined): Command | undefined {
  return name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
}

/**
 * Returns a command that runs one of several by its first argument: "store ls". It accepts the flags of all,
 * then checks those of the chosen one. Fails with `usage` on an unknown name.
 *
 * @param about the name of the group: "store"
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
    message: name === undefined ? `No ${about} command given.` : `Unknown command "${about} ${name}".`,
    hint:
      near === undefined
        ? `Write: image-tooling ${about} ${names.join(', or ')}`
        : `Did you mean "${about} ${near}"?`,
  });
}
