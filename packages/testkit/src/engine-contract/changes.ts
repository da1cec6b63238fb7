import { access } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { TarEntry } from '@image-tooling/layer';
import { valueOf } from '../helpers';
import { type Rig } from './rig';
import { NET_RAW, ODD_NAME } from './system';

/** The changes of a step, as an OCI layer. */
export function changeTests(rig: () => Rig): void {
  extentTests(rig);
  traitTests(rig);
  nameTests(rig);
  layerTests(rig);
}

function extentTests(rig: () => Rig): void {
  it('is empty if nothing was changed: no mount point, no file of the engine', async () => {
    const mounts = [{ source: rig().folder, target: '/mnt/deep/in' }];
    expect(await changedPaths(rig(), 'true', { mounts })).toEqual([]);
  });

  it('has no folder that was only touched', async () => {
    expect(await changedPaths(rig(), 'touch /data/full/x; rm /data/full/x')).toEqual([]);
  });

  it('has new content, and only what was changed', async () => {
    const changes = await rig().changes('echo more >> /data/file');
    expect(withoutParents([...changes.keys()])).toEqual(['data/file']);
    expect(await contentOf(changes.get('data/file'))).toBe('below\nmore\n');
    expect(changes.get('data/file')).toMatchObject({ mode: 0o640, uid: 11, gid: 12 });
  });

  it('has whiteouts for what was removed', async () => {
    const paths = await changedPaths(rig(), 'rm /data/file; rm -r /data/full');
    expect(withoutParents(paths)).toEqual(['data/.wh.file', 'data/.wh.full']);
  });

  it('hides the old content of a folder that was removed and made again', async () => {
    const changes = await rig().changes('rm -r /data/full; mkdir /data/full; echo n > /data/full/new');
    const paths = [...changes.keys()];
    const hides =
      paths.includes('data/full/.wh..wh..opq') ||
      (paths.includes('data/full/.wh.a') && paths.includes('data/full/.wh.deep'));
    expect(hides).toBe(true);
    expect(paths).toContain('data/full/new');
    expect(paths).not.toContain('data/full/a');
  });

  it('also hides it if the folder is empty now', async () => {
    expect((await changedPaths(rig(), 'rm -r /data/full; mkdir /data/full')).join('\n')).toContain(
      'data/full/.wh.',
    );
  });
}

const LONG_NAME = 'n'.repeat(200);

/** Changes that do not touch each other, all made in one step. */
const TRAITS = [
  'chmod 700 /data/empty; mkdir /data/made',
  'cd /data; for m in 4755 2755 1777; do touch f$m; chown 33:44 f$m; chmod $m f$m; done; chown 65534:65534 file',
  'echo x > /data/x1; ln /data/x1 /data/x2',
  'cd /data; ln -s full to-folder; ln -s ../gone to-nowhere; ln -s /etc abs',
  'chmod 700 /data/capable',
  `cd /data; touch ${LONG_NAME}; ln -s ${LONG_NAME} link`,
];

function traitTests(rig: () => Rig): void {
  let changes: ReadonlyMap<string, TarEntry>;
  beforeAll(async () => {
    changes = await rig().changes(TRAITS.join('\n'));
  });

  it('has a folder whose mode was changed, and an empty new one', () => {
    expect(changes.get('data/empty')).toMatchObject({ type: 'directory', mode: 0o700 });
    expect(changes.get('data/made')).toMatchObject({ type: 'directory', mode: 0o755 });
  });

  it('keeps owners and modes: setuid, setgid, sticky', () => {
    expect(changes.get('data/f4755')).toMatchObject({ mode: 0o4755, uid: 33, gid: 44 });
    expect(changes.get('data/f2755')).toMatchObject({ mode: 0o2755 });
    expect(changes.get('data/f1777')).toMatchObject({ mode: 0o1777 });
    expect(changes.get('data/file')).toMatchObject({ uid: 65534, gid: 65534 });
  });

  it('keeps hard links', () => {
    const types = ['x1', 'x2'].map((name) => changes.get(`data/${name}`)?.type).sort();
    expect(types).toEqual(['file', 'hardlink']);
  });

  it('keeps symlinks: to files, to folders, to nowhere, absolute ones', () => {
    expect(changes.get('data/to-folder')).toMatchObject({ type: 'symlink', linkTarget: 'full' });
    expect(changes.get('data/to-nowhere')).toMatchObject({ type: 'symlink', linkTarget: '../gone' });
    expect(changes.get('data/abs')).toMatchObject({ type: 'symlink', linkTarget: '/etc' });
  });

  it('keeps the capabilities of a file', () => {
    const capability = changes.get('data/capable')?.xattrs?.get('security.capability');
    expect(capability && Buffer.from(capability).toString('hex')).toBe(NET_RAW.toString('hex'));
  });

  it('keeps names and link targets of more than 100 bytes', () => {
    expect(changes.has(`data/${LONG_NAME}`)).toBe(true);
    expect(changes.get('data/link')?.linkTarget).toBe(LONG_NAME);
  });

  it('writes through a symlink to a folder, and leaves the symlink', async () => {
    expect(withoutParents(await changedPaths(rig(), 'echo x > /lib/through'))).toEqual(['usr/lib/through']);
  });

  it('replaces a folder by a file or a symlink, and a file by a folder', async () => {
    const changes = await rig().changes(
      'cd /data; rm -r full one; ln -s empty full; mkdir one; touch one/in',
    );
    expect(changes.get('data/full')).toMatchObject({ type: 'symlink', linkTarget: 'empty' });
    expect(changes.get('data/one')).toMatchObject({ type: 'directory' });
    expect(changes.has('data/one/in')).toBe(true);
  });
}

function nameTests(rig: () => Rig): void {
  it('keeps names with spaces, line breaks, a leading dash, and bytes that are no UTF-8', async () => {
    const script = `cd /data; touch -- 'a b' '-n' "$(printf 'line\\nbreak')" "$(printf 'byte\\377')"; echo x >> "$(printf 'no utf-8 \\377\\376')"`;
    const paths = await changedPaths(rig(), script);
    const names = ['a b', '-n', 'line\nbreak', 'byte\xff', ODD_NAME];
    expect(withoutParents(paths)).toEqual(names.map((name) => `data/${name}`).sort());
  });

  it('keeps 10,000 small files', async () => {
    const script =
      'mkdir /data/many; cd /data/many; for d in $(seq 100); do mkdir $d; for f in $(seq 100); do echo $f > $d/$f; done; done';
    const changes = await rig().changes(script);
    const files = [...changes.values()].filter(
      ({ path, type }) => type === 'file' && path.startsWith('data/many/'),
    );
    expect(files).toHaveLength(10_000);
    expect(await contentOf(changes.get('data/many/100/99'))).toBe('99\n');
  });
}

function layerTests(rig: () => Rig): void {
  it('applies upper layers: whiteouts and opaque folders', async () => {
    const { system, upper } = rig();
    const script = 'ls /data /data/full';
    const [command] = valueOf(await rig().run([script], { system: [system, upper] })).commands;
    expect(command?.stdout).toContain('/data/full:\nnew\n');
    expect(command?.stdout).not.toMatch(/^file$/m);
    const changes = await rig().changes('echo again > /data/file', { system: [system, upper] });
    expect(await contentOf(changes.get('data/file'))).toBe('again\n');
  });

  it('writes nothing if a command failed', async () => {
    const changesTo = join(rig().folder, 'failed.tar');
    valueOf(await rig().run(['touch /data/x; exit 1', 'true'], { changesTo, onFailure: 'continue' }));
    await expect(access(changesTo)).rejects.toThrow();
  });

  it('starts every step from the system alone', async () => {
    await rig().changes('rm /data/file; touch /data/left');
    const [command] = valueOf(await rig().run(['cat /data/file; ls /data'])).commands;
    expect(command?.stdout).toMatch(/^below\n/);
    expect(command?.stdout).not.toContain('left');
  });
}

async function changedPaths(rig: Rig, ...args: Parameters<Rig['changes']>): Promise<string[]> {
  return [...(await rig.changes(...args)).keys()];
}

/** Without the folders above, which an engine may put in. */
function withoutParents(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`))).sort();
}

async function contentOf(entry: TarEntry | undefined): Promise<string> {
  if (entry === undefined || entry.size === 0) return '';
  const { content } = entry;
  if (content.kind === 'bytes') return Buffer.from(content.bytes).toString();
  if (content.kind === 'stream') throw new Error('An entry that was read from a file is no stream.');
  const { file, offset: start, length } = content;
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { start, end: start + length - 1 }))
    chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
