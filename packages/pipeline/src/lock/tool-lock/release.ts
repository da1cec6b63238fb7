import { discard } from '@image-tooling/host';
import {
  all,
  fail,
  failWith,
  ok,
  placeOf,
  PLATFORMS,
  releaseFile,
  type Failed,
  type Failure,
  type Platform,
  type ReleaseFile,
  type ReleaseLock,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { downloadRelease, keepRelease, vendorHasNone, type DownloadedFile } from '@image-tooling/sources';
import { releaseEntries } from '../../build/tool/release';
import { releaseFetch, releaseName } from '../../release';
import type { Session } from '../../session';
import { isOutOfReach } from './out-of-reach';
import type { LockPart, PartRequest } from './part';

/** One platform's file. */
interface PlatformRequest {
  readonly tool: Tool;
  readonly platform: Platform;
  readonly file: ReleaseFile;
  /** The existing lock of the same URL. */
  readonly before?: ReleaseLock;
}

type Entry = readonly [Platform, ReleaseLock | undefined];

/**
 * Returns the `release` part of a tool's lock: fetches, hashes and checks each platform's file, and keeps it
 * in the store. Keeps the lock of a file that can't be reached now. Fails as `downloadFile` and
 * `takeFromArchive` do, and with `checksum` if a locked file has changed at its URL.
 */
export async function releasePart(
  session: Session,
  { tool, locked }: PartRequest,
): Promise<Result<LockPart>> {
  const files = all(PLATFORMS.map((platform) => releaseFile(tool.definition, platform)));
  if (!files.ok) return files;
  const entries = await Promise.all(
    PLATFORMS.map(async (platform, index): Promise<Result<Entry>> => {
      const file = files.value[index]!;
      const before = locked?.release?.[platform];
      const known = before?.url === file.url ? { before } : {};
      const lock = await lockFile(session, { tool, platform, file, ...known });
      return lock.ok ? ok([platform, lock.value]) : lock;
    }),
  );
  const resolved = all(entries);
  return resolved.ok ? withoutAbsent(session, tool, resolved.value) : resolved;
}

/** A vendor may lack a file for one platform, but not for all. */
function withoutAbsent({ context }: Session, tool: Tool, entries: readonly Entry[]): Result<LockPart> {
  const locked = entries.filter(([, lock]) => lock !== undefined);
  if (locked.length === 0) return fail(absent(tool));
  for (const [platform, lock] of entries)
    if (!lock)
      context.progress.note(
        `${tool.name}: its vendor has no file for ${platform}; images with it can't be built for that platform from "release".`,
      );
  return ok({ content: Object.fromEntries(locked) });
}

function absent({ name, folder, definition }: Tool): Failure {
  return {
    code: 'gone',
    message: `The vendor of "${name}" has no file of version ${definition.version}.`,
    hint: `Compare version, url and archNames in ${folder}/tool.json with what the vendor publishes.`,
    place: { file: `${folder}/tool.json` },
    details: [definition.sources.release?.url ?? ''],
  };
}

/** Undefined if the vendor has no such file, and it was never locked. */
async function lockFile(
  session: Session,
  request: PlatformRequest,
): Promise<Result<ReleaseLock | undefined>> {
  const { tool, platform, file, before } = request;
  const into = await session.store.tempDir(`lock-${tool.name}`);
  if (!into.ok) return into;
  const fetch = releaseFetch(session, into.value);
  try {
    const name = releaseName(tool, platform);
    const downloaded = await downloadRelease({ name, url: file.url }, fetch);
    if (!downloaded.ok) return unreachable(session, request, downloaded);
    if (before && before.sha256 !== downloaded.value.sha256)
      return fail(changed(request, before, downloaded.value));
    const entries = await releaseEntries(
      session,
      tool,
      { ...file, archive: downloaded.value.path },
      into.value,
    );
    if (!entries.ok)
      return failWith(entries.failures.map((one) => withAddress(one, request, downloaded.value)));
    const { sha256, size } = downloaded.value;
    const stored = await keepRelease(downloaded.value, fetch);
    return stored.ok ? ok({ url: file.url, sha256, size }) : stored;
  } finally {
    await discard(into.value);
  }
}

/** Decides what an unreachable file means for the lock. */
function unreachable(
  session: Session,
  request: PlatformRequest,
  failed: Failed,
): Result<ReleaseLock | undefined> {
  const { before, file } = request;
  if (vendorHasNone(failed, file.url)) return before ? failed : ok(undefined);
  return before && isOutOfReach(failed) ? kept(session, request, before, failed) : failed;
}

function kept(
  { context }: Session,
  { tool, platform }: PlatformRequest,
  before: ReleaseLock,
  { failures: [{ details = [] }] }: Failed,
): Result<ReleaseLock> {
  context.progress.note(
    `${tool.name}: ${platform} of its source "release" can't be reached; its lock is kept: ${details.join('; ')}`,
  );
  return ok(before);
}

function changed({ tool, platform, file }: PlatformRequest, before: ReleaseLock, now: DownloadedFile) {
  return {
    code: 'checksum',
    message: `${releaseName(tool, platform)} has changed at its address since it was locked.`,
    hint: `A published file should never change: ask the vendor why. If the new one is right, remove "${platform}" from "release" in ${tool.folder}/lock.json and run "npx nx run ${tool.name}:lock" again.`,
    place: { file: `${tool.folder}/lock.json` },
    details: [
      addressText(file, now),
      `locked  sha256 ${before.sha256}${before.size === undefined ? '' : `, ${before.size} bytes`}`,
      `now     sha256 ${now.sha256}, ${now.size} bytes`,
    ],
  } as const;
}

/** Shows the mirror too: its bytes may differ from the vendor's. */
function addressText({ url }: ReleaseFile, now: DownloadedFile): string {
  return `address ${url}${now.url === url ? '' : ` (fetched from ${new URL(now.url).origin})`}`;
}

/** Adds the place in tool.json to failures of an archive. */
function withAddress(failure: Failure, { tool, file }: PlatformRequest, now: DownloadedFile): Failure {
  const place = placeOf(tool.document, ['sources', 'release'], 'this file');
  return { place, ...failure, details: [addressText(file, now), ...(failure.details ?? [])] };
}
