import {
  ARCHES,
  archOf,
  failWith,
  ok,
  packageFiles,
  PLATFORMS,
  type LockedDeb,
  type Platform,
  type Tool,
} from '@image-tooling/model';
import { shortUpstream, upstreamVersion, type ArchiveState } from '@image-tooling/sources';
import { currentState } from '../../archives/archive-state';
import { codenameOf } from '../../lock/tool-lock/deb';
import { changedDebs } from '../../archives/changed-debs';
import type { ListOf } from './list';

/**
 * Upstream's versions of the tool's package in the current archive, which has no dates of them. Fails with `checksum` if
 * the locked package has changed there.
 */
export const debVersions: ListOf = async (session, { tool, workspace }) => {
  const codename = codenameOf(workspace, tool);
  if (!codename.ok) return codename;
  const state = await currentState(session, codename.value, ARCHES);
  if (!state.ok) return state;
  const changed = changedDebs(tool.name, lockedDebs(tool), state.value);
  if (changed.length > 0) return failWith(changed);
  const listed = PLATFORMS.flatMap((platform) => versionsOn(state.value, tool, platform));
  return ok({ versions: [...new Set(listed)], timeOf: () => Promise.resolve(ok(undefined)) });
};

function versionsOn(state: ArchiveState, { definition }: Tool, platform: Platform): string[] {
  const wanted = packageFiles(definition, 'deb', platform);
  const archive = definition.sources.deb?.archive;
  const found = wanted.ok ? (state.packages(archOf(platform)).byName.get(wanted.value.package) ?? []) : [];
  return found
    .filter((one) => archive === undefined || one.archive === archive)
    .flatMap(({ version }) => [shortUpstream(version), upstreamVersion(version)]);
}

function lockedDebs({ lock }: Tool): [Platform, LockedDeb[]][] {
  const locked = Object.entries(lock?.value.deb ?? {}) as [Platform, LockedDeb][];
  return locked.map(([platform, deb]) => [platform, [deb]]);
}
