import { checkFailures, ok } from '@image-tooling/model';
import { testImage } from '@image-tooling/pipeline';
import { testedLines } from '../summary';
import { openProject, type Command } from './command';

export const test: Command = {
  flags: ['platform'],
  async run(run) {
    const opened = await openProject(run);
    if (!opened.ok) return opened;
    const { session, name, platform } = opened.value;
    const tested = await testImage(session, name, platform);
    if (!tested.ok) return tested;
    const { report, folder } = tested.value;
    return ok({ lines: testedLines(report, folder), found: checkFailures(report) });
  },
};
