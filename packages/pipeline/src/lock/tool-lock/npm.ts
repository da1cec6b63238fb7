import { join } from 'node:path';
import { discard } from '@image-tooling/host';
import {
  archOf,
  fail,
  ok,
  packageFiles,
  placeOf,
  PLATFORMS,
  type NpmLock,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { npmMismatch, npmName, packNpm, type NpmFile } from '@image-tooling/sources';
import { npmRun, takeFromNpm } from '../../build/tool/npm-files';
import type { Session } from '../../session';
import { raisedPackages, type NpmRaise } from './npm-raised';
import type { LockPart, PartRequest } from './part';
import { foundPlatforms } from './per-platform';

/**
 * Returns the `npm` part of a tool's lock: for each platform the package's file with its hashes, fetched by
 * npm as configured. Checks that it has the wanted files. Fails as `packNpm` and `takeFromArchive` do, and
 * with `checksum` if a locked version has changed.
 */
export async function npmPart(
  session: Session,
  { tool, locked, raise }: PartRequest,
): Promise<Result<LockPart>> {
  const folder = await session.store.tempDir(`npm-${tool.name}`);
  if (!folder.ok) return folder;
  const known = new Map<string, Promise<Result<NpmFile>>>();
  try {
    const found = new Map<Platform, Result<NpmLock>>();
    for (const platform of PLATFORMS) {
      const before = locked?.npm?.[platform];
      const kept = tool.lock?.value.npm?.[platform]?.raised ?? [];
      const request = {
        ...{ tool, platform, folder: join(folder.value, archOf(platform)), before },
        raise: { asked: raise?.npm ?? {}, kept },
      };
      found.set(platform, await lockPlatform(session, request, known));
    }
    const content = foundPlatforms({ tool: tool.name, kind: 'npm', context: session.context }, found);
    return content.ok ? ok({ content: content.value }) : content;
  } finally {
    await discard(folder.value);
  }
}

interface PlatformRequest {
  readonly tool: Tool;
  readonly platform: Platform;
  readonly folder: string;
  readonly before: NpmLock | undefined;
  readonly raise: NpmRaise;
}

async function lockPlatform(
  session: Session,
  { tool, platform, folder, before, raise }: PlatformRequest,
  known: Map<string, Promise<Result<NpmFile>>>,
): Promise<Result<NpmLock>> {
  const { definition, document } = tool;
  const wanted = packageFiles(definition, 'npm', platform);
  if (!wanted.ok) return wanted;
  const { package: name } = wanted.value;
  const own = { package: name, version: definition.version };
  const fetching = known.get(npmName(own)) ?? packNpm(own, folder, npmRun(session));
  known.set(npmName(own), fetching);
  const fetched = await fetching;
  if (!fetched.ok) {
    const place = placeOf(document, ['sources', 'npm', 'package'], `for ${platform}`);
    return fail({ ...fetched.failures[0], place });
  }
  const { file, ...locked } = fetched.value;
  const changed = before?.package === name ? npmMismatch(before, locked, tool.name) : undefined;
  if (changed) return fail(changed);
  const { files } = wanted.value;
  const there = await takeFromNpm(session, { file, locked, files, into: join(folder, 'files') });
  if (!there.ok) return there;
  // Keeps it for a later build.
  const kept = await session.store.putBlobFromFile(file, { expected: `sha256:${locked.sha256}` });
  if (!kept.ok) return kept;
  const raised = await raisedPackages(session, {
    tool,
    taken: there.value,
    raise,
    known,
    into: join(folder, 'raised'),
  });
  return raised.ok ? ok({ ...locked, ...(raised.value.length > 0 && { raised: raised.value }) }) : raised;
}
