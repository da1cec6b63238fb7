import { mkdir, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import type { Arch } from '@image-tooling/model';
import { keptFile } from '../helpers';

/** Path of a static busybox of Debian's, from the host's own apt sources. Throws if apt can't download it. */
export function busyboxOf(arch: Arch): Promise<string> {
  return keptFile(`busybox-${arch}`, async (work) => {
    await must(['dpkg-deb', '--extract', await packageOf('busybox-static', arch), work]);
    return join(work, 'bin', 'busybox');
  });
}

/** Path of a Debian package, as `busyboxOf` has it. */
export function packageOf(name: string, arch: Arch): Promise<string> {
  return keptFile(`${name}-${arch}.deb`, async (work) => {
    await fetchPackage(name, arch, work);
    const deb = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt fetched no ${name}.`);
    return join(work, deb);
  });
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
