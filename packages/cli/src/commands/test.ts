import { checkFailures, ok, type Failure } from '@image-tooling/model';
import { buildProject, testImage } from '@image-tooling/pipeline';
import { testedLines } from '../display/summary';
import { openOnPlatforms, type Command } from '../command/command';

export const test: Command = {
  flags: ['platform', 'all-platforms', 'with-parents'],
  isCached: true,
  async run(run) {
    const opened = await openOnPlatforms(run);
    if (!opened.ok) return opened;
    const { session, name, platforms } = opened.value;
    const lines: string[] = [];
    const found: Failure[] = [];
    for (const platform of platforms) {
      const built = run.given.flags['with-parents']
        ? await buildProject(session, name, platform, { withParents: true })
        : ok(undefined);
      if (!built.ok) return built;
      const tested = await testImage(session, name, platform);
      if (!tested.ok) return tested;
      const { report, folder } = tested.value;
      lines.push(...testedLines(report, folder));
      found.push(...checkFailures(report));
    }
    return ok({ lines, found });
  },
};
