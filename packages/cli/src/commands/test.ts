import { checkFailures, ok } from '@image-tooling/model';
import { testImage } from '@image-tooling/pipeline';
import { projectOnPlatform } from '../arguments';
import { testedLines } from '../summary';
import type { Command } from './command';

export const test: Command = {
  flags: ['platform'],
  async run({ given, session }) {
    const asked = projectOnPlatform(given);
    if (!asked.ok) return asked;
    const { name, platform } = asked.value;
    const opened = await session();
    if (!opened.ok) return opened;
    const tested = await testImage(opened.value, name, platform);
    if (!tested.ok) return tested;
    const { report, folder } = tested.value;
    return ok({ lines: testedLines(report, folder), found: checkFailures(report) });
  },
};
