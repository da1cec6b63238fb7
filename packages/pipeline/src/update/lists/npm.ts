import { join } from 'node:path';
import { discard } from '@image-tooling/host';
import { all, ok, packageFiles, PLATFORMS, type Failed, type Result, type Tool } from '@image-tooling/model';
import { listNpmVersions, type NpmVersions } from '@image-tooling/sources';
import { npmRun } from '../../build/tool/npm-files';
import type { Session } from '../../session';
import type { ListOf } from './list';

/** Versions that all of the tool's packages have: it may have one for each processor. */
export const npmVersions: ListOf = async (session, { tool }) => {
  const names = packageNames(tool);
  if (!names.ok) return names;
  const listed = await listEach(session, tool, names.value);
  if (!listed.ok) return listed;
  const [first, ...rest] = listed.value;
  const inAll = first.versions.filter((one) => rest.every(({ versions }) => versions.includes(one)));
  return ok({
    versions: inAll,
    timeOf: async (version) => ok(newestOf(listed.value.map(({ times }) => times.get(version)))),
  });
};

function packageNames({ definition }: Tool): Result<string[]> {
  const wanted = all(PLATFORMS.map((platform) => packageFiles(definition, 'npm', platform)));
  return wanted.ok ? ok([...new Set(wanted.value.map(({ package: name }) => name))]) : wanted;
}

/** A package that the registry lacks is of a processor that the tool is not for, unless all are. */
async function listEach(
  session: Session,
  { name }: Tool,
  packages: readonly string[],
): Promise<Result<[NpmVersions, ...NpmVersions[]]>> {
  const folder = await session.store.tempDir(`versions-${name}`);
  if (!folder.ok) return folder;
  try {
    const listed = await Promise.all(
      packages.map((one, at) => listNpmVersions(one, join(folder.value, String(at)), npmRun(session))),
    );
    const wrong = listed.filter((one): one is Failed => !one.ok);
    const there = listed.flatMap((one) => (one.ok ? [one.value] : []));
    const [first, ...rest] = there;
    const lasting = wrong.find(({ failures: [{ code }] }) => code !== 'package-not-found');
    if (lasting ?? !first) return (lasting ?? wrong[0])!;
    return ok([first, ...rest]);
  } finally {
    await discard(folder.value);
  }
}

function newestOf(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
