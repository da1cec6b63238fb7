import { bytesText, counted, ok } from '@image-tooling/model';
import { verifyStore, type VerifiedStore } from '@image-tooling/pipeline';
import type { Command } from '../../command/command';
import { wholeStoreRun } from './open';

/** Hashes everything in the store again, and with --repair removes what is damaged. */
export const verify: Command = {
  flags: ['repair'],
  async run(run) {
    const opened = await wholeStoreRun(run, { readOnly: run.given.flags.repair !== true });
    if (!opened.ok) return opened;
    const repair = run.given.flags.repair ?? false;
    const verified = await verifyStore(opened.value, { repair });
    if (!verified.ok) return verified;
    const { damages } = verified.value;
    return ok({ lines: lines(verified.value, repair), found: repair ? [] : damages });
  },
};

function lines({ blobs, bytes, records, damages, removed }: VerifiedStore, repair: boolean): string[] {
  const looked = `${counted(blobs, 'blob')} (${bytesText(bytes)}) and ${counted(records, 'record')}`;
  if (damages.length === 0) return ['', `${looked}: no damage.`];
  if (!repair) return ['', `${looked}: ${damages.length} damaged.`];
  return [
    '',
    `${looked}: ${damages.length} damaged; ${counted(removed, 'file')} removed; the next build makes them again.`,
    ...damages.map(({ message }) => `  ${message}`),
  ];
}
