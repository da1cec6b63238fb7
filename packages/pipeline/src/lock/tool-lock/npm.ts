import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  all,
  archOf,
  fail,
  ok,
  packageFiles,
  placeOf,
  PLATFORMS,
  type NpmLock,
  type PackageFiles,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { packNpm, type LockedNpm, type NpmFile } from '@image-tooling/sources';
import { npmRun, takeFromNpm } from '../../build/tool/npm-files';
import type { Session } from '../../session';
import type { LockPart, PartRequest } from './part';

/**
 * The `npm` part of a tool's lock: for each platform the package's file, fetched by npm from where that is configured
 * to, with its hashes. The wanted files are looked for in it at once. Fails as `packNpm` and `takeFromArchive` do.
 */
export async function npmPart(session: Session, { tool }: PartRequest): Promise<Result<LockPart>> {
  const folder = await session.store.tempDir(`npm-${tool.name}`);
  if (!folder.ok) return folder;
  const known = new Map<string, Promise<Result<NpmFile>>>();
  try {
    const rows: Result<readonly [Platform, NpmLock]>[] = [];
    for (const platform of PLATFORMS) {
      const row = await lockPlatform(session, tool, platform, join(folder.value, archOf(platform)), known);
      rows.push(row.ok ? ok([platform, row.value]) : row);
    }
    const locked = all(rows);
    return locked.ok ? ok({ content: Object.fromEntries(locked.value) }) : locked;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

async function lockPlatform(
  session: Session,
  tool: Tool,
  platform: Platform,
  folder: string,
  known: Map<string, Promise<Result<NpmFile>>>,
): Promise<Result<LockedNpm>> {
  const { definition, document } = tool;
  const wanted = packageFiles(definition, 'npm', platform);
  if (!wanted.ok) return wanted;
  const { package: name } = wanted.value;
  const fetching =
    known.get(name) ?? packNpm({ package: name, version: definition.version }, folder, npmRun(session));
  known.set(name, fetching);
  const fetched = await fetching;
  if (!fetched.ok) {
    const place = placeOf(document, ['sources', 'npm', 'package'], `for ${platform}`);
    return fail({ ...fetched.failures[0], place });
  }
  const { file, ...locked } = fetched.value;
  const there = await tryFiles(session, file, wanted.value, locked, join(folder, 'files'));
  if (!there.ok) return there;
  // A build that follows finds it.
  const kept = await session.store.putBlobFromFile(file, { expected: `sha256:${locked.sha256}` });
  return kept.ok ? ok(locked) : kept;
}

function tryFiles(
  session: Session,
  file: string,
  { files }: PackageFiles,
  locked: LockedNpm,
  into: string,
): Promise<Result<unknown>> {
  return takeFromNpm(session, { file, locked, files, into });
}
