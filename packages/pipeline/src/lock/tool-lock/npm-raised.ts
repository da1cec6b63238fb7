import { join } from 'node:path';
import {
  failWith,
  isInNpmRange,
  isOlderNpmVersion,
  ok,
  type Failure,
  type NpmLock,
  type Result,
  type Tool,
} from '@image-tooling/model';
import {
  fetchNpm,
  npmName,
  packNpm,
  type LockedNpm,
  type NpmFile,
  type TakenFiles,
} from '@image-tooling/sources';
import { blobCache } from '../../blob-cache';
import { bundledPackages, olderPackages, type BundledPackage } from '../../build/tool/npm-bundled';
import { npmRun } from '../../build/tool/npm-files';
import { withRaisedPackages } from '../../build/tool/npm-raised';
import type { Session } from '../../session';
import type { RaisedVersions } from './raise';

/** Which bundled packages to raise. */
export interface NpmRaise {
  /** Asked for now: the tool must bundle these packages. */
  readonly asked: RaisedVersions;
  /** Of an earlier lock. */
  readonly kept: NonNullable<NpmLock['raised']>;
}

export interface RaisedRequest {
  readonly tool: Tool;
  /** Files of the tool's package. */
  readonly taken: TakenFiles;
  readonly raise: NpmRaise;
  /** A folder for downloads. */
  readonly into: string;
  /** Files that another platform's lock has fetched, by name and version. */
  readonly known: Map<string, Promise<Result<NpmFile>>>;
}

/**
 * Returns the packages that replace older ones which a tool bundles, in the order of their names, and keeps their files
 * in the store. An earlier one is left out if the tool bundles no older package. Fails with `unknown-reference` for each
 * package that is asked for and not bundled, as `packNpm` does, and as `withRaisedPackages` does.
 */
export async function raisedPackages(
  session: Session,
  { tool, taken, raise, into, known }: RaisedRequest,
): Promise<Result<LockedNpm[]>> {
  const asked = wantedPackages(raise);
  if (asked.length === 0) return ok([]);
  const bundled = await bundledPackages(taken);
  const unknown = Object.keys(raise.asked).filter((name) => !bundled.some((one) => one.name === name));
  if (unknown.length > 0) return failWith(unknown.map((name) => notBundled(name, tool)));
  const files: NpmFile[] = [];
  for (const wanted of asked) {
    if (olderPackages(bundled, wanted).length === 0) continue;
    const name = npmName(wanted);
    const fetching =
      known.get(name) ?? fileOf(session, { tool, wanted, folder: join(into, String(files.length)) });
    known.set(name, fetching);
    const file = await fetching;
    if (!file.ok) return file;
    files.push(file.value);
  }
  const checked = await withRaisedPackages(session, {
    tool,
    taken,
    raised: files,
    into: join(into, 'checked'),
  });
  if (!checked.ok) return checked;
  for (const line of outOfRange(await bundledPackages(checked.value), files))
    session.context.progress.note(`${tool.name}: ${line}`);
  return ok(files.map(({ file: _, ...locked }) => locked));
}

/** As npm's "overrides", a raised package also replaces one that others want older. */
function outOfRange(bundled: readonly BundledPackage[], raised: readonly NpmFile[]): string[] {
  return bundled.flatMap(({ name, version, dependencies }) =>
    raised.flatMap((newer) => {
      const range = dependencies[newer.package];
      if (range === undefined || isInNpmRange(newer.version, range)) return [];
      return [
        `${name}@${version} wants ${newer.package} ${range}, and gets ${newer.version}: test the tool.`,
      ];
    }),
  );
}

type Wanted = LockedNpm | Pick<LockedNpm, 'package' | 'version'>;

/** The newer of what is asked for and what was kept. */
function wantedPackages({ asked, kept }: NpmRaise): Wanted[] {
  const newer = Object.entries(asked).filter(
    ([name, version]) =>
      !kept.some((one) => one.package === name && !isOlderNpmVersion(one.version, version)),
  );
  const wanted: Wanted[] = [
    ...kept.filter((one) => !newer.some(([name]) => name === one.package)),
    ...newer.map(([name, version]) => ({ package: name, version })),
  ];
  return wanted.sort((a, b) => (a.package < b.package ? -1 : 1));
}

/** Keeps what it fetches in the store for a later build. */
async function fileOf(
  session: Session,
  { tool, wanted, folder }: { readonly tool: Tool; readonly wanted: Wanted; readonly folder: string },
): Promise<Result<NpmFile>> {
  const npm = npmRun(session);
  const cache = blobCache(session.store);
  if ('sha256' in wanted) return fetchNpm({ locked: wanted, cache, folder, tool: tool.name }, npm);
  const packed = await packNpm(wanted, folder, npm);
  if (!packed.ok) return packed;
  const kept = await cache.putBlobFromFile(packed.value.file, `sha256:${packed.value.sha256}`);
  return kept.ok ? packed : kept;
}

function notBundled(name: string, { name: tool, folder }: Tool): Failure {
  return {
    code: 'unknown-reference',
    message: `${tool} does not bundle the npm package ${name}.`,
    hint: `Only packages in folders "node_modules" that "files" of ${folder}/tool.json takes can be raised.`,
  };
}
