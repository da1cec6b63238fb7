import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  directoryEntry,
  fileEntry,
  hardlinkEntry,
  indexPaths,
  rangeEntry,
  symlinkEntry,
  writeTarBytes,
  type TarEntry,
} from '@image-tooling/layer';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { normaliseSystem } from '../src/index';
import type { NormaliseOptions } from '../src/index';

const TIME = 1_700_000_000; // Day 19675.
const DAY = 19_675;

async function normalised(entries: TarEntry[], options: Partial<NormaliseOptions> = {}): Promise<TarEntry[]> {
  return valueOf(await normaliseSystem(entries, { mtime: TIME, ...options }));
}

const pathsOf = (entries: readonly TarEntry[]): string[] => entries.map(({ path }) => path);

function textOf(entries: readonly TarEntry[], path: string): string | undefined {
  const content = entries.find((entry) => entry.path === path)?.content;
  return content?.kind === 'bytes' ? Buffer.from(content.bytes).toString('latin1') : undefined;
}

describe('paths that a system layer leaves out', () => {
  const DROPPED = [
    'var/log/dpkg.log', 'var/log/apt/history.log', 'var/cache/ldconfig/aux-cache', 'var/cache/apt/pkgcache.bin',
    'var/lib/apt/lists/lock', 'var/lib/apt/lists/partial/x', 'etc/passwd-', 'etc/group-', 'etc/shadow-', 'etc/gshadow-',
    'var/lib/dpkg/status-old', 'var/lib/dpkg/diversions-old', 'etc/foo.conf.dpkg-old', 'tmp/x', 'tmp/d/y', 'run/lock/z',
    'dev/console', 'proc/x', 'sys/x', 'etc/.pwd.lock', 'var/lib/dpkg/lock', 'var/lib/dpkg/lock-frontend', 'etc/hosts',
    'etc/resolv.conf', 'etc/hostname', '.dockerenv', 'step/run.sh', 'debs/a.deb',
  ]; // prettier-ignore
  it.each(DROPPED)('%s', async (path) => {
    expect(pathsOf(await normalised([fileEntry(path, 'x'), fileEntry('kept', '')]))).toEqual(['kept']);
    const whiteout = path.replace(/[^/]*$/, '.wh.$&');
    const chain = [indexPaths([fileEntry(path, 'x')])];
    expect(await normalised([fileEntry(whiteout, '')], { chain })).toEqual([]);
  });

  it('keeps the folders themselves, and similar names', async () => {
    const kept = ['dev', 'proc', 'run', 'sys', 'tmp', 'var/cache', 'var/cache/apt', 'var/log'];
    const alike = [
      'etc/hosts.allow',
      'etc/passwd',
      'usr/share/tmp',
      'usr/x-old',
      'var/lib/dpkg/status',
      'stepping',
    ];
    const entries = await normalised([
      ...kept.map((path) => directoryEntry(path, { mode: 0o700 })),
      ...alike.map((path) => fileEntry(path, '')),
    ]);
    expect(pathsOf(entries)).toEqual(expect.arrayContaining([...kept, ...alike]));
  });

  it('leaves out mount points of the engine', async () => {
    expect(await normalised([directoryEntry('debs'), directoryEntry('step')])).toEqual([]);
    expect(await normalised([directoryEntry('mnt/x')], { mountPoints: ['mnt/x'] })).toEqual([]);
  });
});

describe('normalised files of a system layer', () => {
  it('one time, plain symlinks, capabilities and no other attribute', async () => {
    const capability = new Map([['security.capability', Buffer.of(1)]]);
    const entries = await normalised([
      fileEntry('a', '', { mtime: 5, xattrs: new Map([['user.overlay.x', Buffer.of(1)], ...capability]) }),
      symlinkEntry('b', 'a', { mode: 0o755, mtime: 7 }),
    ]);
    expect(entries).toEqual([
      fileEntry('a', '', { mtime: TIME, xattrs: capability }),
      symlinkEntry('b', 'a', { mtime: TIME }),
    ]);
  });

  it('an empty machine-id', async () => {
    expect(textOf(await normalised([fileEntry('etc/machine-id', 'abc\n')]), 'etc/machine-id')).toBe('');
  });

  it('password dates of its time', async () => {
    const shadow = 'root:*:20779:0:99999:7:::\nnever:!::0:::::\ndue:!:0:0:::::\n\xff:*:1::::::\n';
    const entries = await normalised([fileEntry('etc/shadow', Buffer.from(shadow, 'latin1'))]);
    expect(textOf(entries, 'etc/shadow')).toBe(
      `root:*:${DAY}:0:99999:7:::\nnever:!::0:::::\ndue:!:0:0:::::\n\xff:*:${DAY}::::::\n`,
    );
  });

  it.each([
    ['checked hash becomes unchecked', 0b11, 0b01],
    ['unchecked hash stays', 0b01, 0b01],
    ['a time stamp stays', 0b00, 0b00],
  ])('.pyc files: %s', async (_, before, after) => {
    const pyc = (flags: number) =>
      Buffer.concat([Buffer.of(0xf3, 0x0d, 0x0d, 0x0a, flags, 0, 0, 0), Buffer.from('hash5678code')]);
    const entries = await normalised([fileEntry('usr/m.pyc', pyc(before))]);
    expect(textOf(entries, 'usr/m.pyc')).toBe(pyc(after).toString('latin1'));
  });

  it('leaves the rest of a .pyc file where it is', async () => {
    const file = join(temporaryFolder(), 'changes.tar');
    const pyc = Buffer.concat([
      Buffer.of(0xf3, 0x0d, 0x0d, 0x0a, 0b11, 0, 0, 0),
      Buffer.alloc(3 << 20, 'code'),
    ]);
    await writeFile(file, Buffer.concat([Buffer.from('before'), pyc]));
    const entry = rangeEntry('m.pyc', { file, offset: 6, length: pyc.length });
    const [normal] = await normalised([entry]);
    expect(normal?.content.kind).toBe('patched');
    pyc[4] = 0b01;
    const tar = await writeTarBytes([normal!]);
    expect(tar.subarray(512, 512 + pyc.length).equals(pyc)).toBe(true);
  });

  it('keeps a .pyc file that is not Python bytecode', async () => {
    expect(textOf(await normalised([fileEntry('m.pyc', 'short')]), 'm.pyc')).toBe('short');
  });

  it('a hard link whose first name was left out', async () => {
    const entries = await normalised([
      fileEntry('tmp/first', 'text'),
      hardlinkEntry('usr/second', 'tmp/first'),
    ]);
    expect(textOf(entries, 'usr/second')).toBe('text');
  });
});

describe('files that TeX’s programs wrote', () => {
  it('are left out if no two runs agree: logs, formats of LuaTeX and of tex itself', async () => {
    const web2c = (name: string) => fileEntry(`var/lib/texmf/web2c/${name}`, '');
    const gone = [
      'updmap.log',
      'pdftex/pdflatex.log',
      'luahbtex/lualatex.fmt',
      'luatex/luatex.fmt',
      'tex/tex.fmt',
    ];
    const kept = ['metafont/mf.base', 'pdftex/pdflatex.fmt', 'xetex/xelatex.fmt'];
    const elsewhere = fileEntry('usr/share/x/tex/tex.fmt', '');
    const entries = await normalised([...[...gone, ...kept].map(web2c), elsewhere]);
    const files = pathsOf(entries.filter(({ type }) => type === 'file'));
    expect(files).toEqual([...kept.map((name) => web2c(name).path), elsewhere.path].sort());
  });

  const HEAD = '% ls-R -- filename database for kpathsea; do not change this line.\n';
  it.each([
    [
      'ls-R',
      `${HEAD}\n./:\n.:\nweb2c\nfonts\n\n./web2c:\n\n./fonts:\nb\na\n`,
      `${HEAD}\n./:\n.:\nfonts\nweb2c\n\n./fonts:\na\nb\n\n./web2c:\n`,
    ],
    [
      'ls-R-TEXLIVEDIST',
      `${HEAD}./:\n.:\nweb2c\nb\xe9\n\n./web2c:\nx\n`,
      `${HEAD}./:\n.:\nb\xe9\nweb2c\n\n./web2c:\nx\n`,
    ],
    [
      'fmtutil.cnf-DEBIAN',
      '### Made by a script.\n#\n###\nxetex xetex\n#! off pdftex\netex pdftex\n',
      '### Made by a script.\n#\n###\n#! off pdftex\netex pdftex\nxetex xetex\n',
    ],
    ['updmap.cfg-TEXLIVEDIST', 'Map b.map\nMap a.map\n', 'Map a.map\nMap b.map\n'],
    ['ls-R.old', 'b\na\n', 'b\na\n'],
  ])('are sorted, however the file system lists folders: %s', async (name, written, held) => {
    const path = `var/lib/texmf/${name}`;
    const entries = await normalised([fileEntry(path, Buffer.from(written, 'latin1'))]);
    expect(textOf(entries, path)).toBe(held);
  });
});

describe('paths that the layers below have already', () => {
  const chain = [
    indexPaths([
      directoryEntry('etc'),
      directoryEntry('etc/empty', { mode: 0o700, uid: 7 }),
      fileEntry('etc/gone', ''),
      directoryEntry('srv', { mode: 0o2775, gid: 50 }),
    ]),
  ];

  it('leaves out folders that were only touched, keeps those with a change', async () => {
    const touched = [directoryEntry('etc'), directoryEntry('etc/empty', { mode: 0o700, uid: 7, mtime: 9 })];
    expect(await normalised(touched, { chain })).toEqual([]);
    const changed = [directoryEntry('etc'), directoryEntry('etc/empty', { mode: 0o755, uid: 7 })];
    expect(pathsOf(await normalised(changed, { chain }))).toEqual(['etc', 'etc/empty']);
    expect(pathsOf(await normalised([directoryEntry('etc'), fileEntry('etc/x', '')], { chain }))).toEqual([
      'etc',
      'etc/x',
    ]);
  });

  it('leaves out a folder whose only change was left out', async () => {
    expect(await normalised([directoryEntry('etc'), fileEntry('etc/hosts', '')], { chain })).toEqual([]);
  });

  it('copies the mode and owner of parents that an engine left out', async () => {
    expect(await normalised([fileEntry('srv/new/x', '')], { chain })).toEqual([
      directoryEntry('srv', { mode: 0o2775, gid: 50, mtime: TIME }),
      directoryEntry('srv/new', { mtime: TIME }),
      fileEntry('srv/new/x', '', { mtime: TIME }),
    ]);
  });

  it('keeps a whiteout only of an existing path', async () => {
    const entries = await normalised([fileEntry('etc/.wh.gone', ''), fileEntry('etc/.wh.never', '')], {
      chain,
    });
    expect(pathsOf(entries)).toEqual(['etc', 'etc/.wh.gone']);
  });

  it('leaves out the root folder unless it differs from what runtimes create', async () => {
    expect(await normalised([directoryEntry('')])).toEqual([]);
    expect(pathsOf(await normalised([directoryEntry('', { mode: 0o700 })]))).toEqual(['']);
  });
});

describe('links to certificate authorities of the host', () => {
  const chain = [
    indexPaths([fileEntry('usr/share/ca-certificates/real.crt', ''), fileEntry('usr/share/old.crt', '')]),
  ];

  it('are left out, with the links to them; those to packages’ authorities stay', async () => {
    const entries = await normalised(
      [
        fileEntry('etc/ssl/certs/ca-certificates.crt', 'all'),
        symlinkEntry('etc/ssl/certs/real.pem', '/usr/share/ca-certificates/real.crt'),
        symlinkEntry('etc/ssl/certs/1111.0', 'real.pem'),
        symlinkEntry('etc/ssl/certs/2222.0', 'host.pem'),
        symlinkEntry('etc/ssl/certs/host.pem', '/usr/local/share/ca-certificates/host.crt'),
        symlinkEntry('etc/ssl/certs/old.pem', '../../../usr/share/old.crt'),
        fileEntry('usr/share/.wh.old.crt', ''),
        symlinkEntry('etc/other', 'dangling'),
      ],
      { chain },
    );
    expect(pathsOf(entries).filter((path) => path.startsWith('etc/'))).toEqual([
      'etc/other',
      'etc/ssl',
      'etc/ssl/certs',
      'etc/ssl/certs/1111.0',
      'etc/ssl/certs/ca-certificates.crt',
      'etc/ssl/certs/real.pem',
    ]);
  });
});

it('the layers of a step are equal for two engines', async () => {
  const chain = [
    indexPaths([
      directoryEntry('etc'),
      directoryEntry('etc/ssl'),
      directoryEntry('etc/ssl/certs'),
      directoryEntry('usr'),
      directoryEntry('opt'),
    ]),
  ];
  const shared = [fileEntry('usr/tool', 'x', { mode: 0o755 }), fileEntry('etc/shadow', 'root:*:1:::::\n')];
  const dagger = [
    ...shared,
    symlinkEntry('etc/ssl/certs/host.pem', '/usr/local/share/host.crt'),
    symlinkEntry('usr/l', 'tool', { mode: 0o755 }),
  ];
  const buildah = [
    directoryEntry('debs'), directoryEntry('etc', { mtime: 3 }), fileEntry('etc/hosts', '127.0.0.1'), fileEntry('etc/.pwd.lock', ''),
    fileEntry('var/lib/dpkg/lock-frontend', ''), directoryEntry('opt', { mtime: 4 }), directoryEntry('', { mtime: 8 }), symlinkEntry('usr/l', 'tool'), ...shared,
  ]; // prettier-ignore
  expect(await normalised(dagger, { chain })).toEqual(await normalised(buildah, { chain }));
});
