import { buildProject, checkBuild } from '@image-tooling/pipeline';
import { builtLines, checkedLines } from '../summary';
import { openProject, said, type Command } from './command';

export const build: Command = {
  flags: ['platform', 'check'],
  async run(run) {
    const opened = await openProject(run);
    if (!opened.ok) return opened;
    const { session, name, platform } = opened.value;
    const built = await buildProject(session, name, platform);
    if (!built.ok || run.given.flags.check !== true)
      return built.ok ? said(builtLines(built.value, platform)) : built;
    const checked = await checkBuild(session, { name, platform, launcher: itself() });
    return checked.ok
      ? said([...builtLines(built.value, platform), ...checkedLines(checked.value)])
      : checked;
  },
};

/** This very program, to be run again. */
function itself(): string[] {
  return [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)];
}
