import { aligned, bytesText, ok, type Result } from '@image-tooling/model';
import { KEEP_DAYS, pruneStore, type PrunedStore } from '@image-tooling/pipeline';
import { usage } from '../../command/arguments';
import { said, type Command } from '../../command/command';
import { wholeStoreRun } from './open';
import { KIND_WORDS } from './words';

/** Deletes what no workspace needs, or lists it. */
export const prune: Command = {
  flags: ['apply', 'keep-days', 'go'],
  async run(run) {
    const { flags } = run.given;
    const keepDays = daysIn(flags['keep-days']);
    if (!keepDays.ok) return keepDays;
    const opened = await wholeStoreRun(run, { readOnly: flags.apply !== true });
    if (!opened.ok) return opened;
    const request = { keepDays: keepDays.value, go: flags.go ?? false, apply: flags.apply ?? false };
    const pruned = await pruneStore(opened.value, request);
    return pruned.ok ? said(lines(opened.value.store.root, pruned.value, keepDays.value)) : pruned;
  },
};

function daysIn(text: string | undefined): Result<number> {
  if (text === undefined) return ok(KEEP_DAYS);
  if (/^\d{1,5}$/.test(text)) return ok(Number(text));
  return usage(
    `--keep-days is "${text}"; expected a whole number of days.`,
    `Write --keep-days=${KEEP_DAYS}; 0 keeps what workspaces need and what was used within the hour.`,
  );
}

function lines(
  root: string,
  { applied, freed, workspaces, stayed }: PrunedStore,
  keepDays: number,
): string[] {
  const total = freed.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = freed.map(({ kind, count, bytes }) => [
    `    ${KIND_WORDS[kind]}`,
    String(count),
    bytesText(bytes),
  ]);
  return [
    '',
    root,
    freed.length === 0 ? '  nothing to delete' : `  ${applied ? 'gone' : 'goes'} (${bytesText(total)}):`,
    ...aligned(rows, [1, 2]),
    ...stayed.map((what) => `  stayed: ${what}`),
    `  kept: what was used within ${keepDays === 0 ? 'the hour' : `${keepDays} days`}${workspaces.length === 0 ? '' : ', and all that these workspaces need:'}`,
    ...workspaces.map((workspace) => `    ${workspace}`),
    ...(applied || freed.length === 0 ? [] : ['', 'Nothing was deleted. Add --apply to delete.']),
  ];
}
