import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parseImage, readWorkspace } from '@image-tooling/model';
import { directoryEntry } from '@image-tooling/layer';
import { noteHomes } from '../src/build/files-clashes';
import { noteRootfsLosses } from '../src/build/rootfs-losses';

/** Returns the warnings of a build about a rootfs that `fill` makes. */
async function notes(fill: (rootfs: string) => void, members: object = {}): Promise<string[]> {
  const root = mkdtempSync(join(tmpdir(), 'rootfs-losses-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const rootfs = join(root, 'images/app/rootfs');
  mkdirSync(join(rootfs, 'bin'), { recursive: true });
  fill(rootfs);
  const definition = { description: 'X', from: { debian: 'trixie' }, files: 'rootfs', ...members };
  const parsed = parseImage('images/app/image.json', JSON.stringify(definition));
  if (!parsed.ok) throw new Error('the definition is wrong');
  const lines: string[] = [];
  const progress = { note: (line: string) => void lines.push(line), step: () => expect.fail('no step') };
  const context = { signal: new AbortController().signal, progress };
  const image = { name: 'app', folder: 'images/app', definition: parsed.value.value };
  await noteRootfsLosses({ root, context, env: process.env }, image);
  return lines;
}

it('warns about setuid bits and hard links, with what to write instead', async () => {
  const lines = await notes((rootfs) => {
    for (const name of ['a', 'b', 'plain']) writeFileSync(join(rootfs, 'bin', name), name);
    chmodSync(join(rootfs, 'bin/a'), 0o4755);
    chmodSync(join(rootfs, 'bin'), 0o1777);
    linkSync(join(rootfs, 'bin/b'), join(rootfs, 'bin/c'));
    symlinkSync('plain', join(rootfs, 'bin/link'));
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "app: images/app/rootfs: "bin" has mode 1777 here; git keeps no setuid, setgid or sticky bit, so the image has none. Write "modes": { "/bin": "1777" } in image.json.",
      "app: images/app/rootfs: "bin/a" has mode 4755 here; git keeps no setuid, setgid or sticky bit, so the image has none. Write "modes": { "/bin/a": "4755" } in image.json.",
      "app: images/app/rootfs: "bin/b" and "bin/c" are one file here (hard links); git keeps copies, and so does the image. Use symbolic links to have it once.",
    ]
  `);
});

it('does not warn if image.json sets it, or nothing is lost', async () => {
  const fill = (rootfs: string): void => {
    writeFileSync(join(rootfs, 'bin/a'), '');
    chmodSync(join(rootfs, 'bin/a'), 0o6755);
    chmodSync(join(rootfs, 'bin'), 0o1777);
  };
  const directories = [{ path: '/bin', mode: '1777' }];
  expect(await notes(fill, { modes: { '/bin/a': '6755' }, directories })).toEqual([]);
  expect(await notes(() => undefined)).toEqual([]);
});

it('warns about capabilities', async (context) => {
  if (process.getuid?.() !== 0 || !existsSync('/usr/sbin/setcap'))
    return context.skip('no root, or no setcap');
  const lines = await notes((rootfs) => {
    writeFileSync(join(rootfs, 'bin/ping'), '');
    execFileSync('/usr/sbin/setcap', ['cap_net_raw+ep', join(rootfs, 'bin/ping')]);
  });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"bin/ping" has capabilities here (cap_net_raw');
});

it('warns about homes that files of the image make root’s', () => {
  const lines: string[] = [];
  const progress = { note: (line: string) => void lines.push(line), step: () => expect.fail('no step') };
  const session = { context: { signal: new AbortController().signal, progress } };
  const users = ['u', 'v', 'w'].map((name, at) => ({ name, uid: 1000 + at, home: `/home/${name}` }));
  const directories = [{ path: '/home/v', mode: '0755', uid: 1001 }];
  const definition = { description: 'X', from: { debian: 'trixie' }, files: 'rootfs', users, directories };
  const read = readWorkspace({
    images: [{ file: 'images/app/image.json', text: JSON.stringify(definition) }],
    tools: [],
  });
  const image = read.ok ? read.value.images.get('app') : undefined;
  if (!image) throw new Error('the definition is wrong');
  noteHomes(
    session,
    image,
    ['home', 'home/u', 'home/v', 'home/u/w'].map((path) => directoryEntry(path)),
  );
  expect(lines).toEqual([
    'app: /home/u, the home of "u", belongs to root, since files of the image are in it. To change that, add { "path": "/home/u", "mode": "0755", "uid": 1000, "gid": 1000 } to "directories" in image.json.',
  ]);
});
