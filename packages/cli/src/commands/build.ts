import { buildProject } from '@image-tooling/pipeline';
import { projectOnPlatform } from '../arguments';
import { builtLines } from '../summary';
import { said, type Command } from './command';

export const build: Command = {
  flags: ['platform'],
  async run({ given, session }) {
    const asked = projectOnPlatform(given);
    if (!asked.ok) return asked;
    const { name, platform } = asked.value;
    const opened = await session();
    if (!opened.ok) return opened;
    const built = await buildProject(opened.value, name, platform);
    return built.ok ? said(builtLines(built.value, platform)) : built;
  },
};
