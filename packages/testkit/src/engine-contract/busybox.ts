import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import type { Arch } from '@image-tooling/model';

/**
 * Path of a static busybox of Debian's, from the host's own apt sources: fetched once, then kept in the
 * machine's folder for temporary files. Throws if apt can't download it.
 */
export async function busyboxOf(arch: Arch): Promise<string> {
  const kept = join(kitFolder(), `busybox-${arch}`);
  if (await stat(kept).catch(() => undefined)) return kept;
  const tree = await mkdtemp(join(await madeFolder(), 'tree-'));
  try {
    await must(['dpkg-deb', '--extract', await packageOf('busybox-static', arch), tree]);
    await rename(join(tree, 'bin', 'busybox'), kept);
    return kept;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** Path of a Debian package, as `busyboxOf` has it. */
export async function packageOf(name: string, arch: Arch): Promise<string> {
  const kept = join(kitFolder(), `${name}-${arch}.deb`);
  if (await stat(kept).catch(() => undefined)) return kept;
  const work = await mkdtemp(join(await madeFolder(), 'fetch-'));
  try {
    await fetchPackage(name, arch, work);
    const deb = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt fetched no ${name}.`);
    await rename(join(work, deb), kept);
    return kept;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function kitFolder(): string {
  return join(tmpdir(), `image-tooling-testkit-${userInfo().uid}`);
}

async function madeFolder(): Promise<string> {
  await mkdir(kitFolder(), { recursive: true, mode: 0o700 });
  return kitFolder();
}

/** With a state and an architecture of its own, so that the host's dpkg knows nothing of it. */
async function fetchPackage(name: string, arch: Arch, folder: string): Promise<void> {
  for (const part of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, part), { recursive: true });
  const settings = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'APT::Sandbox::User': userInfo().username,
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).map(([key, value]) => `--option=${key}=${value}`);
  await must(['apt-get', ...options, 'update']);
  await must(['apt-get', ...options, 'download', name], folder);
}

async function must(argv: readonly [string, ...string[]], cwd?: string): Promise<void> {
  const result = await mustRun({ argv, cwd, timeoutSeconds: 120 });
  if (!result.ok) throw new Error(JSON.stringify(result.failures, null, 2));
}
