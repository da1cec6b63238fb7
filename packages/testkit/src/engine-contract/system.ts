import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemLayer } from '@image-tooling/engines';
import { mustRun } from '@image-tooling/host';
import { digestOf, type Arch } from '@image-tooling/model';
import {
  directoryEntry,
  fileEntry,
  hardlinkEntry,
  symlinkEntry,
  writeTarFile,
  type TarEntry,
} from '@image-tooling/layer';
import { busyboxOf, packageOf } from './busybox';

const APPLETS =
  'cat chgrp chmod chown cp env find grep head id ifconfig ln ls mkdir mkfifo mv printf pwd rm rmdir route seq sh sleep sort stat tail tee touch tr true uname wc';

/** CAP_NET_RAW permitted and effective (Linux, uapi/linux/capability.h, struct vfs_cap_data revision 2). */
export const NET_RAW = Buffer.from('0100000200200000000000000000000000000000', 'hex');

/** A byte string that is no UTF-8. */
export const ODD_NAME = 'no utf-8 \xff\xfe';

/** Returns a small system: busybox by all its names, and something of each kind to change. */
export async function systemLayer(arch: Arch, folder: string): Promise<SystemLayer> {
  const busybox = await readFile(await busyboxOf(arch));
  return layerOf(join(folder, `system-${arch}.tar`), [
    ...['bin', 'etc', 'usr', 'usr/lib', 'data', 'data/full', 'data/full/deep', 'data/empty'].map((path) =>
      directoryEntry(path),
    ),
    directoryEntry('tmp', { mode: 0o1777 }),
    symlinkEntry('lib', 'usr/lib'),
    fileEntry('bin/busybox', busybox, { mode: 0o755 }),
    ...APPLETS.split(' ').map((name) => symlinkEntry(`bin/${name}`, 'busybox')),
    fileEntry('etc/passwd', 'root:x:0:0::/root:/bin/sh\nsome:x:1234:2345::/:/bin/sh\n'),
    fileEntry('etc/group', 'root:x:0:\nsome:x:2345:\n'),
    fileEntry('data/file', 'below\n', { mode: 0o640, uid: 11, gid: 12 }),
    fileEntry('data/full/a', 'a\n'),
    fileEntry('data/full/deep/b', 'b\n'),
    fileEntry(`data/${ODD_NAME}`, 'odd\n'),
    fileEntry('data/capable', 'x', { mode: 0o755, xattrs: new Map([['security.capability', NET_RAW]]) }),
    fileEntry('data/one', 'linked\n'),
    hardlinkEntry('data/two', 'data/one'),
  ]);
}

/** Returns a layer above: it removes a file, replaces all of a folder, and adds one file. */
export async function upperLayer(folder: string): Promise<SystemLayer> {
  return layerOf(join(folder, 'upper.tar'), [
    directoryEntry('data'),
    fileEntry('data/.wh.file', ''),
    directoryEntry('data/full'),
    fileEntry('data/full/.wh..wh..opq', ''),
    fileEntry('data/full/new', 'new\n'),
  ]);
}

/** Debian's perl and what it needs, above the small system: a layer each. */
export async function perlLayers(arch: Arch, folder: string): Promise<SystemLayer[]> {
  return Promise.all(
    ['libc6', 'libcrypt1', 'perl-base'].map(async (name) => {
      const path = join(folder, `${name}-${arch}.tar`);
      const deb = await packageOf(name, arch);
      const argv = ['sh', '-c', 'exec dpkg-deb --fsys-tarfile "$1" > "$2"', 'sh', deb, path] as const;
      const unpacked = await mustRun({ argv, timeoutSeconds: 60 });
      if (!unpacked.ok) throw new Error(JSON.stringify(unpacked.failures));
      const diffId = digestOf(await readFile(path));
      return { path, digest: diffId, diffId, size: (await stat(path)).size, compression: 'none' } as const;
    }),
  );
}

async function layerOf(path: string, entries: readonly TarEntry[]): Promise<SystemLayer> {
  const written = await writeTarFile(entries, path);
  if (!written.ok) throw new Error(JSON.stringify(written.failures));
  const { diffId, size } = written.value;
  return { path, digest: diffId, diffId, size, compression: 'none' };
}
