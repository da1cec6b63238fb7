import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { writeAr } from './ar-writer';
import { controlFields, type FixtureFile, type FixturePackage } from './package';
import { writeTar, type TarEntry } from './tar-writer';

/** The time of everything in the fixture archive: 2024-01-01T00:00:00Z. */
export const FIXTURE_TIME = 1_704_067_200;

/** Returns a real .deb (deb(5)), as dpkg-deb would build it; needs neither dpkg nor root. */
export async function buildDeb(fixture: FixturePackage): Promise<Buffer> {
  const packing = fixture.packing ?? 'xz';
  const data = dataEntries(fixture.files ?? {});
  const control = writeTar(controlEntries(fixture, data), FIXTURE_TIME);
  const suffix = packing === 'none' ? '' : `.${packing}`;
  return writeAr([
    { name: 'debian-binary', data: Buffer.from('2.0\n') },
    { name: `control.tar${suffix}`, data: await pack(control, packing) },
    { name: `data.tar${suffix}`, data: await pack(writeTar(data, FIXTURE_TIME), packing) },
  ]);
}

async function pack(tar: Buffer, packing: NonNullable<FixturePackage['packing']>): Promise<Buffer> {
  switch (packing) {
    case 'xz':
      return (await import('@napi-rs/lzma/xz')).compress(tar);
    case 'gz':
      return gzipSync(tar);
    case 'zst':
      return (await import('@mongodb-js/zstd')).compress(tar);
    case 'none':
      return tar;
  }
}

function controlEntries(fixture: FixturePackage, data: readonly TarEntry[]): TarEntry[] {
  const control = controlFields(fixture)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
  const scripts = Object.entries(fixture.scripts ?? {}).map(([name, body]) =>
    file(name, body.startsWith('#!') ? body : `#!/bin/sh\nset -e\n${body}\n`, 0o755),
  );
  const conffiles = fixture.conffiles ?? [];
  return [
    { name: '', type: 'folder', mode: 0o755 },
    file('control', control, 0o644),
    file('md5sums', md5sums(data), 0o644),
    ...(conffiles.length === 0 ? [] : [file('conffiles', `${conffiles.join('\n')}\n`, 0o644)]),
    ...scripts,
  ];
}

function file(name: string, content: string, mode: number): TarEntry {
  return { name, type: 'file', content: Buffer.from(content), mode };
}

function md5sums(data: readonly TarEntry[]): string {
  return data
    .filter(({ type }) => type === 'file')
    .map(
      ({ name, content }) =>
        `${createHash('md5')
          .update(content ?? '')
          .digest('hex')}  ${name}\n`,
    )
    .join('');
}

function dataEntries(files: Readonly<Record<string, FixtureFile>>): TarEntry[] {
  const paths = Object.keys(files);
  const folders = new Set(['', ...paths.flatMap(parents)]);
  const made = [...folders]
    .filter((name) => !(name in files))
    .map((name): TarEntry => ({ name, type: 'folder', mode: 0o755 }));
  const entries = paths.map((name) => dataEntry(name, files[name] ?? ''));
  const isLink = (entry: TarEntry): number => (entry.type === 'hardlink' ? 1 : 0);
  return [...made, ...entries].sort((a, b) => isLink(a) - isLink(b) || (a.name < b.name ? -1 : 1));
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function dataEntry(name: string, described: FixtureFile): TarEntry {
  if (typeof described === 'string') return file(name, described, 0o644);
  const { mode, uid, gid, symlink, hardlink, folder, content } = described;
  const owner = { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
  if (symlink !== undefined) return { name, type: 'symlink', link: symlink, mode: 0o777, ...owner };
  if (hardlink !== undefined)
    return { name, type: 'hardlink', link: hardlink, mode: mode ?? 0o644, ...owner };
  if (folder) return { name, type: 'folder', mode: mode ?? 0o755, ...owner };
  return { name, type: 'file', content: Buffer.from(content ?? ''), mode: mode ?? 0o644, ...owner };
}
