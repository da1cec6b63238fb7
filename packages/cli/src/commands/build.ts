import { buildProject } from '@image-tooling/pipeline';
import { builtLines } from '../summary';
import { openProject, said, type Command } from './command';

export const build: Command = {
  flags: ['platform'],
  async run(run) {
    const opened = await openProject(run);
    if (!opened.ok) return opened;
    const { session, name, platform } = opened.value;
    const built = await buildProject(session, name, platform);
    return built.ok ? said(builtLines(built.value, platform)) : built;
  },
};
