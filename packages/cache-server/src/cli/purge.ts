import type { CommandHost } from '@image-tooling/host';
import { all, ok, type Result } from '@image-tooling/model';
import { openObjectStore } from '@image-tooling/object-store';
import type { Settings } from '../config';
import { purge, type Purged, type PurgeWish } from '../entries';
import { usage, type Arguments } from './arguments';

/** Deletes entries, and prints who wrote them: one line of JSON each in a dry run, a summary by run otherwise. */
export async function runPurge(
  { values }: Arguments,
  { config }: Settings,
  { env, stdout }: CommandHost,
): Promise<Result<void>> {
  const wish = readWish(values, Object.keys(config.projects));
  const store = openObjectStore(config.storage, { env });
  if (!wish.ok) return wish;
  if (!store.ok) return store;
  const dryRun = values['dry-run'] === true;
  const runs = new Map<string, { entries: number; bytes: number }>();
  const report = (purged: Purged): void => {
    if (dryRun) stdout.write(`${JSON.stringify(shown(purged))}\n`);
    count(runs, purged);
  };
  const done = await purge(store.value, wish.value, { dryRun, report });
  for (const [run, { entries, bytes }] of runs)
    stdout.write(`${dryRun ? 'Would delete' : 'Deleted'} ${entries} entries, ${bytes} bytes: ${run}\n`);
  if (runs.size === 0) stdout.write('No entry meets all conditions.\n');
  // Frees the space of what is not served any more.
  await store.value.close();
  return done;
}

function readWish(values: Arguments['values'], projects: readonly string[]): Result<PurgeWish> {
  const { run, since, project } = values;
  const time = since === undefined ? undefined : Date.parse(since);
  const checks = [
    run === undefined && since === undefined
      ? usage('purge needs --run or --since, to say what to delete.')
      : ok(undefined),
    time !== undefined && Number.isNaN(time)
      ? usage(`--since is "${since}"; expected a time: "2027-01-31T12:00:00Z".`)
      : ok(undefined),
    project !== undefined && !projects.includes(project)
      ? usage(`--project is "${project}"; expected one of ${projects.join(', ')}.`)
      : ok(undefined),
  ];
  const checked = all(checks);
  if (!checked.ok) return checked;
  return ok({
    ...(run !== undefined && { run }),
    ...(time !== undefined && { since: time }),
    ...(project !== undefined && { project }),
  });
}

function shown({ key, size, header }: Purged) {
  return { key, size, time: header?.time, ...header?.writer };
}

function count(runs: Map<string, { entries: number; bytes: number }>, { size, header }: Purged): void {
  const { source, run, actor, repository, ref } = header?.writer ?? { source: 'damaged' };
  const words = [source, run && `run ${run}`, actor && `by ${actor}`, repository, ref]
    .filter(Boolean)
    .join(' ');
  const found = runs.get(words) ?? { entries: 0, bytes: 0 };
  runs.set(words, { entries: found.entries + 1, bytes: found.bytes + size });
}
