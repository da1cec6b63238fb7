import { aligned, bytesText } from '@image-tooling/model';
import { KEEP_DAYS, storeUsage, type KindUsage } from '@image-tooling/pipeline';
import { said, type Command } from '../../command/command';
import { wholeStoreRun } from './open';
import { KIND_WORDS } from './words';

/** Prints how much disk space the store uses, by kind. */
export const du: Command = {
  flags: ['json'],
  async run(run) {
    const opened = await wholeStoreRun(run, { readOnly: true });
    if (!opened.ok) return opened;
    const usage = await storeUsage(opened.value);
    if (!usage.ok) return usage;
    const { root } = opened.value.store;
    return said(
      run.given.flags.json
        ? [JSON.stringify({ root, kinds: usage.value }, undefined, 2)]
        : lines(root, usage.value),
    );
  },
};

function lines(root: string, usage: readonly KindUsage[]): string[] {
  const total = (key: 'bytes' | 'freed') => usage.reduce((sum, one) => sum + one[key], 0);
  const rows = usage.map(({ kind, count, bytes, freed }) => [
    `  ${KIND_WORDS[kind]}`,
    count === undefined ? '' : String(count),
    bytesText(bytes),
    freed === 0 ? '' : `${bytesText(freed)} would be freed`,
  ]);
  return [
    root,
    ...aligned(
      [...rows, ['  total', '', bytesText(total('bytes')), `${bytesText(total('freed'))} would be freed`]],
      [1, 2],
    ),
    '',
    `"image-tooling store prune" frees what no workspace needs and was not used for ${KEEP_DAYS} days; --go also frees Go's caches.`,
  ];
}
