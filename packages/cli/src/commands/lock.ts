import { lockProject } from '@image-tooling/pipeline';
import { oneProject } from '../arguments';
import { said, type Command } from './command';

export const lock: Command = {
  flags: [],
  async run({ given, session }) {
    const name = oneProject(given);
    if (!name.ok) return name;
    const opened = await session();
    if (!opened.ok) return opened;
    const locked = await lockProject(opened.value, name.value);
    return locked.ok ? said([`${name.value} is locked.`]) : locked;
  },
};
