import { STDOUT } from '@image-tooling/host';
import { counted, ok, type Failure, type Result } from '@image-tooling/model';
import { rescanImages, trustPolicy, type Rescanned, type RescanRequest } from '@image-tooling/pipeline';
import { usage } from '../command/arguments';
import type { Command, CommandRun } from '../command/command';
import { rescannedLines } from '../display/rescanned';

/** Scans published images again. Exits with 1 if a finding fails that did not before, or an image can't be read. */
export const rescan: Command = {
  flags: ['tag', 'dry-run', 'key', 'json'],
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run(run) {
    const request = await requestOf(run);
    if (!request.ok) return request;
    const opened = await run.session();
    if (!opened.ok) return opened;
    const done = await rescanImages(opened.value, request.value);
    if (!done.ok) return done;
    const found = [...done.value.failures, ...newFailures(done.value)];
    if (!run.given.flags.json) return ok({ lines: rescannedLines(done.value), found });
    const { lines: _, ...report } = done.value;
    run.stdout.write(`${JSON.stringify({ rescanVersion: 1, ...report }, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode: found.length > 0 ? 1 : 0 });
  },
};

async function requestOf({ given, cwd }: CommandRun): Promise<Result<RescanRequest>> {
  const { tag, key, 'dry-run': dryRun = false } = given.flags;
  if (key !== undefined && !dryRun)
    return usage('--key is for --dry-run.', 'Results are signed as "signing" in nx.json says.');
  const trust = key === undefined ? ok(undefined) : await trustPolicy({ key }, cwd);
  if (!trust.ok) return trust;
  const tags = tag?.split(',').filter((one) => one !== '');
  return ok({ names: given.positional, tags, dryRun, trust: trust.value });
}

function newFailures({ images }: Rescanned): Failure[] {
  const count = images.reduce((sum, { changes }) => sum + changes.newlyFailing.length, 0);
  if (count === 0) return [];
  return [
    {
      code: 'scan-failed',
      message: `${counted(count, 'finding')} of published images ${count === 1 ? 'is' : 'are'} new, and can be fixed.`,
      hint: 'Run the commands above, or add what may stay to "ignore" in scan.json.',
    },
  ];
}
