import { compareToolVersions, jsonObject, ok, stringMembers, type Result } from '@image-tooling/model';
import { npmView } from './client';
import type { NpmRun } from './run';

/** What a registry says of a package's versions. */
export interface NpmVersions {
  readonly versions: readonly string[];
  /** When each was published, in seconds since the epoch, where the registry says it. */
  readonly times: ReadonlyMap<string, number>;
}

/**
 * Returns the versions of a package from the registry that npm is configured for. Versions newer than the tag "latest"
 * are of another channel, and left out. Fails as npm does.
 *
 * @param cache a folder for npm's cache
 */
export async function listNpmVersions(
  name: string,
  cache: string,
  npm: NpmRun,
): Promise<Result<NpmVersions>> {
  const fields = ['versions', 'time', 'dist-tags'];
  const printed = await npmView({ spec: { package: name }, fields, cache }, npm);
  if (!printed.ok) return printed;
  const found = jsonObject(Buffer.from(printed.value)) ?? {};
  const latest = stringMembers(found['dist-tags'])['latest'];
  const isOfLatest = (version: string): boolean =>
    latest === undefined || compareToolVersions(version, latest) <= 0;
  return ok({ versions: textsIn(found['versions']).filter(isOfLatest), times: timesIn(found['time']) });
}

/** npm prints a list of one as its only entry. */
function textsIn(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

function timesIn(value: unknown): Map<string, number> {
  const times = Object.entries(stringMembers(value)).map(
    ([version, time]) => [version, Math.floor(Date.parse(time) / 1000)] as const,
  );
  return new Map(times.filter(([, time]) => Number.isFinite(time)));
}
