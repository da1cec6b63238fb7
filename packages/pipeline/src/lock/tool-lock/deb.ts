import {
  ARCHES,
  archOf,
  fail,
  ok,
  packageFiles,
  placeOf,
  PLATFORMS,
  type Platform,
  type Result,
  type Tool,
  type ToolDebLock,
  type Workspace,
} from '@image-tooling/model';
import {
  chooseDeb,
  lockedDeb,
  type ArchivePackage,
  type ArchiveState,
  type WantedDeb,
} from '@image-tooling/sources';
import type { Session } from '../../session';
import { currentState } from '../../archives/archive-state';
import { debianReleaseOf } from '../../debian-release';
import { foundPlatforms } from './per-platform';
import type { LockPart, PartRequest } from './part';

/**
 * Returns the `deb` part of a tool's lock: for each platform the newest package of the tool's version in the
 * current archive. Fails as `currentState` and `chooseDeb` do, and with `unknown-reference` if no image is
 * based on a release.
 */
export async function debPart(session: Session, request: PartRequest): Promise<Result<LockPart>> {
  const { tool, workspace, locked } = request;
  const codename = codenameOf(workspace, tool);
  if (!codename.ok) return codename;
  const state = await currentState(session, codename.value, ARCHES);
  if (!state.ok) return state;
  const { context } = session;
  const chosen = foundPlatforms(
    { tool: tool.name, kind: 'deb', context },
    new Map(PLATFORMS.map((platform) => [platform, choose(state.value, tool, platform)])),
  );
  if (!chosen.ok) return chosen;
  const packages = Object.entries(chosen.value) as [Platform, ArchivePackage][];
  const needing = packages.find(([, { depends }]) => depends !== undefined);
  if (needing) context.progress.note(needsText(tool, needing[1]));
  const rows = packages.map(([platform, found]): [Platform, ToolDebLock] => {
    const fresh = { ...lockedDeb(found), time: state.value.time };
    return [platform, keepingTime(fresh, locked?.deb?.[platform])];
  });
  return ok({ content: Object.fromEntries(rows) });
}

/** Returns the release that the workspace's images are based on: one for all. */
export function codenameOf({ images }: Workspace, { name, document }: Tool): Result<string> {
  const bottoms = [...images.values()].filter(({ parent }) => !parent);
  const [release] = bottoms.flatMap((image) => debianReleaseOf(image) ?? []);
  if (release !== undefined) return ok(release);
  return fail({
    code: 'unknown-reference',
    message: `No image is based on Debian, so the release for the package of "${name}" is unknown.`,
    hint: 'Add an image from { "debian": "trixie" }, or lock the one on a Debian base first.',
    place: placeOf(document, ['sources', 'deb'], 'unknown release'),
  });
}

function choose(
  state: ArchiveState,
  { name, definition, document }: Tool,
  platform: Platform,
): Result<ArchivePackage> {
  const { version, sources } = definition;
  const wanted = packageFiles(definition, 'deb', platform);
  if (!wanted.ok) return wanted;
  const request: WantedDeb = {
    tool: name,
    package: wanted.value.package,
    archive: sources.deb?.archive,
    version,
    places: {
      package: placeOf(document, ['sources', 'deb', 'package'], `for ${platform}`),
      version: placeOf(document, ['version'], 'no such version'),
    },
  };
  return chooseDeb(state.packages(archOf(platform)), request);
}

/** Only files are taken: images must have their dependencies. */
function needsText({ name }: Tool, { name: deb, depends = '' }: ArchivePackage): string {
  return `${name}: files of the package ${deb} are used without its dependencies, which images must have: ${depends}`;
}

/** Keeps the time of an earlier lock of the same file, so that unrelated archive changes change nothing. */
function keepingTime(fresh: ToolDebLock, earlier: ToolDebLock | undefined): ToolDebLock {
  return earlier?.sha256 === fresh.sha256 && earlier.path === fresh.path ? earlier : fresh;
}
