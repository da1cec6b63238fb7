import { ok } from '@image-tooling/model';
import { lockProject, parseRaise } from '@image-tooling/pipeline';
import { oneProject } from '../command/arguments';
import { said, type Command } from '../command/command';

export const lock: Command = {
  flags: ['family', 'raise', 'set-version'],
  writesDefinitions: true,
  async run({ given, session }) {
    const name = oneProject(given);
    if (!name.ok) return name;
    const raise = given.flags.raise === undefined ? ok(undefined) : parseRaise(given.flags.raise);
    if (!raise.ok) return raise;
    const version = given.flags['set-version'];
    const opened = await session();
    if (!opened.ok) return opened;
    const locked = await lockProject(opened.value, name.value, {
      family: given.flags.family === true,
      ...(raise.value && { raise: raise.value }),
      ...(version !== undefined && { version }),
    });
    return locked.ok ? said(locked.value.map((one) => `${one} is locked.`)) : locked;
  },
};
