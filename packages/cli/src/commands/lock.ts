import { lockProject } from '@image-tooling/pipeline';
import { oneProject } from '../command/arguments';
import { said, type Command } from '../command/command';

export const lock: Command = {
  flags: ['family'],
  async run({ given, session }) {
    const name = oneProject(given);
    if (!name.ok) return name;
    const opened = await session();
    if (!opened.ok) return opened;
    const locked = await lockProject(opened.value, name.value, { family: given.flags.family === true });
    return locked.ok ? said(locked.value.map((one) => `${one} is locked.`)) : locked;
  },
};
