import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { archOf, platformOfNode, type Arch } from '@image-tooling/model';
import { keptFile, valueOf } from '../helpers';

/** Where Debian has libraries and the dynamic loader, by processor. */
const PLACES: Readonly<Record<Arch, { readonly libraries: string; readonly loader: string }>> = {
  amd64: { libraries: 'usr/lib/x86_64-linux-gnu', loader: 'usr/lib64/ld-linux-x86-64.so.2' },
  arm64: { libraries: 'usr/lib/aarch64-linux-gnu', loader: 'usr/lib/ld-linux-aarch64.so.1' },
};

/**
 * Returns how to start programs of Debian trixie on this machine, with trixie's own libraries: its apt downloads the
 * packages from the host's mirrors. They are kept.
 *
 * @param packages those of the programs, and all that have libraries of theirs
 */
export async function trixiePrograms(packages: readonly string[]): Promise<(program: string) => string[]> {
  const hash = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 16);
  const root = await keptFile(`trixie-${hash}`, (work) => unpackTrixie(work, packages));
  const { libraries, loader } = PLACES[archOf(platformOfNode(process.arch) ?? 'linux/amd64')];
  return (program) => [
    join(root, loader),
    '--library-path',
    join(root, libraries),
    join(root, 'usr/bin', program),
  ];
}

async function unpackTrixie(folder: string, packages: readonly string[]): Promise<string> {
  const [debs, root] = [join(folder, 'debs'), join(folder, 'root')];
  for (const path of [
    join(folder, 'state/lists/partial'),
    join(folder, 'cache/archives/partial'),
    debs,
    root,
  ])
    await mkdir(path, { recursive: true });
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
  await must(debs, 'apt-get', ...options, 'download', ...packages);
  for (const deb of await readdir(debs)) await must(debs, 'dpkg-deb', '--extract', deb, root);
  return root;
}

/** The host's mirrors, for another release; in the deb822 format of sources.list(5). */
async function trixieSources(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sources'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.join('\n\n').replaceAll('bookworm', 'trixie');
}
