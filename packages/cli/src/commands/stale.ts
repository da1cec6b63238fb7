import { STDOUT } from '@image-tooling/host';
import { ok } from '@image-tooling/model';
import { findStale, type StaleImage } from '@image-tooling/pipeline';
import type { Command } from '../command/command';
import { staleLines } from '../display/stale';

/** Lists what is newer than what images are locked to. */
export const stale: Command = {
  flags: ['json', 'exit-code'],
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run({ given, session, stdout }) {
    const opened = await session();
    if (!opened.ok) return opened;
    const found = await findStale(opened.value, given.positional);
    if (!found.ok) return found;
    const { json, 'exit-code': fails } = given.flags;
    const exitCode = fails && found.value.images.some(isUrgent) ? 1 : 0;
    if (!json) return ok({ lines: staleLines(found.value), found: [], exitCode });
    stdout.write(`${JSON.stringify({ staleVersion: 1, ...found.value }, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode });
  },
};

/** What is below is reported by the image that has it, unless only some images were asked for. */
function isUrgent({ packages, parents, below }: StaleImage): boolean {
  const hasSecurity = packages.some(({ security }) => security) || below.some(({ security }) => security > 0);
  return hasSecurity || parents.length > 0 || below.some((one) => one.parents > 0);
}
