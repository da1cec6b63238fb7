import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { valueOf } from '@image-tooling/testkit/helpers';

const PACKAGES = [
  ...['cosign', 'skopeo', 'golang-github-containers-image', 'golang-github-containers-common'],
  ...['libc6', 'libgcc-s1', 'libpcre2-8-0', 'libselinux1', 'libcap2', 'libsystemd0'],
  ...['libgpg-error0', 'libassuan9', 'libgpgme11t64', 'libsqlite3-0'],
];

/**
 * Returns how to start programs of Debian trixie on this machine, with trixie's own libraries: its apt downloads the
 * packages from the host's mirrors.
 *
 * @param folder where they are kept
 */
export async function trixiePrograms(folder: string): Promise<(program: string) => string[]> {
  const root = join(folder, 'root');
  if (!existsSync(join(root, 'usr/bin/cosign'))) await unpackTrixie(folder, root);
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  const loader = join(root, 'usr/lib64/ld-linux-x86-64.so.2');
  return (program) => [loader, '--library-path', libraries, join(root, 'usr/bin', program)];
}

async function unpackTrixie(folder: string, root: string): Promise<void> {
  const debs = join(folder, 'debs');
  for (const name of ['state/lists/partial', 'cache/archives/partial', 'debs', 'root'])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, 'trixie.sources'), await trixieSources());
  const configuration = {
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::sourcelist': join(folder, 'trixie.sources'),
    'Dir::Etc::sourceparts': '-',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(configuration).map(([name, value]) => `-o${name}=${value}`);
  const must = async (cwd: string, ...argv: readonly [string, ...string[]]) =>
    valueOf(await mustRun({ argv, cwd, timeoutSeconds: 600 }));
  await must(debs, 'apt-get', ...options, 'update');
  await must(debs, 'apt-get', ...options, 'download', ...PACKAGES);
  for (const deb of await readdir(debs)) await must(debs, 'dpkg-deb', '--extract', deb, root);
}

/** The host's mirrors, for another release; in the deb822 format of sources.list(5). */
async function trixieSources(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sources'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('\n\n').replaceAll('bookworm', 'trixie');
}
