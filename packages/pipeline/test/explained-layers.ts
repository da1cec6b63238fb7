import { directoryEntry, fileEntry, hardlinkEntry, symlinkEntry, type TarEntry } from '@image-tooling/layer';

/** What a package manager leaves: files, and its records. */
function installed(packages: Readonly<Record<string, readonly string[]>>, all = packages): TarEntry[] {
  const names = Object.keys(packages);
  const status = Object.keys(all).map(
    (name) => `Package: ${name}\nStatus: install ok installed\nVersion: ${name}-1\n`,
  );
  return [
    ...names.map((name) =>
      fileEntry(`var/lib/dpkg/info/${name}.list`, `/.\n${(packages[name] ?? []).join('\n')}\n`),
    ),
    fileEntry('var/lib/dpkg/status', status.join('\n')),
  ];
}

const HELLO = { hello: ['/usr/bin/hello', '/lib/old.so', '/etc/hello.conf', '/bin'] };
const EXTRA = { extra: ['/usr/bin/extra', '/etc/hello.conf'] };

/** The layer of a bootstrap, with one package. */
export const BOOTSTRAP: readonly TarEntry[] = [
  ...installed(HELLO),
  symlinkEntry('bin', 'usr/bin'),
  fileEntry('usr/bin/hello', '#!/bin/sh\necho hello\n', { mode: 0o755 }),
  fileEntry('usr/lib/old.so', 'old'),
  hardlinkEntry('usr/bin/hullo', 'usr/bin/hello'),
  symlinkEntry('usr/bin/hi', '/etc/alternatives/hi'),
  symlinkEntry('etc/alternatives/hi', '/usr/bin/hello'),
  symlinkEntry('usr/bin/round', 'round'),
  symlinkEntry('etc/mtab', '../proc/mounts'),
  fileEntry('etc/hello.conf', 'plain\n'),
  fileEntry('etc/made', 'made\n'),
  fileEntry('etc/gone.conf', 'gone\n'),
  directoryEntry('srv/empty'),
];

/** The apt layer on it, with another package. */
export const APT: readonly TarEntry[] = [
  ...installed(EXTRA, { ...HELLO, ...EXTRA }),
  fileEntry('usr/bin/extra', 'extra', { mode: 0o755 }),
  fileEntry('etc/hello.conf', 'rewritten by extra\n', { mode: 0o640, gid: 42 }),
  fileEntry('etc/.wh.gone.conf', ''),
];
