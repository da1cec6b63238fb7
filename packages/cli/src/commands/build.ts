import { ok, type Platform, type Result } from '@image-tooling/model';
import { buildProject, checkBuild, stageImage, type Session } from '@image-tooling/pipeline';
import type { Arguments } from '../command/arguments';
import { builtLines, checkedLines } from '../display/summary';
import { openOnPlatforms, said, type Command } from '../command/command';

export const build: Command = {
  flags: ['platform', 'all-platforms', 'with-parents', 'check'],
  isCached: true,
  async run(run) {
    const opened = await openOnPlatforms(run);
    if (!opened.ok) return opened;
    const { session, name, platforms } = opened.value;
    const lines: string[] = [];
    for (const platform of platforms) {
      const built = await buildOne(session, name, platform, run.given.flags);
      if (!built.ok) return built;
      lines.push(...built.value);
    }
    return said(lines);
  },
};

async function buildOne(
  session: Session,
  name: string,
  platform: Platform,
  flags: Arguments['flags'],
): Promise<Result<string[]>> {
  const built = await buildProject(session, name, platform, { withParents: flags['with-parents'] });
  if (!built.ok) return built;
  if (built.value.kind === 'image') await stageImage(session, name, built.value.made);
  const lines = builtLines(built.value, platform);
  if (!flags.check) return ok(lines);
  const checked = await checkBuild(session, { name, platform, launcher: itself() });
  return checked.ok ? ok([...lines, ...checkedLines(checked.value)]) : checked;
}

/** Returns the command line that starts this program. */
function itself(): string[] {
  return [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)];
}
