import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_MIRRORS, debianArchives, hostMirrors } from '../src';
import { shown } from './support';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'apt-'))));
afterEach(() => rm(folder, { recursive: true }));

async function configured(files: Record<string, string>) {
  for (const name of ['sources.list.d', 'mirrors', 'lists/auxfiles'])
    await mkdir(join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return {
    sourcesList: join(folder, 'sources.list'),
    sourcesFolder: join(folder, 'sources.list.d'),
    listsFolder: join(folder, 'lists'),
  };
}

const NONE = { debian: [], 'debian-security': [] };

/** What apt keeps of an InRelease file, which begins like this. */
const inRelease = (origin: string): string =>
  `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: ${origin}\nLabel: ${origin}\nSuite: any\n`;

const STANZAS = `# the main archive
Types: deb deb-src
URIs: http://mirror.invalid/debian/ http://second.invalid/debian
Suites: trixie trixie-updates
Components: main

Types: deb
URIs: http://mirror.invalid/security
Suites: trixie-security
Components: updates/main

Types: deb
Enabled: no
URIs: http://off.invalid/debian
Suites: trixie

Types: deb-src
URIs: http://sources.invalid/debian
Suites: trixie
`;

describe('hostMirrors', () => {
  it('reads deb822 files', async () => {
    expect(await hostMirrors(await configured({ 'sources.list.d/debian.sources': STANZAS }))).toEqual({
      debian: ['http://mirror.invalid/debian', 'http://second.invalid/debian'],
      'debian-security': ['http://mirror.invalid/security'],
    });
  });

  it('reads one-line files, and nothing but enabled Debian sources over HTTP', async () => {
    const text = `deb http://mirror.invalid/debian trixie main contrib
# deb http://off.invalid/debian trixie main
deb-src http://mirror.invalid/debian trixie main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] https://mirror.invalid/debian-security trixie-security main
deb file:/media/debian trixie main
deb https://vendor.invalid/cloud-sdk cloud main
`;
    expect(
      await hostMirrors(await configured({ 'sources.list': text, 'sources.list.d/a.list': text })),
    ).toEqual({
      debian: ['http://mirror.invalid/debian'],
      'debian-security': ['https://mirror.invalid/debian-security'],
    });
  });

  it('finds none on a host without apt', async () => {
    const nowhere = { sourcesList: join(folder, 'none'), sourcesFolder: join(folder, 'none.d') };
    expect(await hostMirrors(nowhere)).toEqual(NONE);
  });

  it('finds none on Ubuntu, in either format', async () => {
    const stanzas = `Types: deb
URIs: http://ubuntu.invalid/ubuntu/
Suites: noble noble-updates noble-backports
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

Types: deb
URIs: http://security.invalid/ubuntu/
Suites: noble-security
Components: main universe restricted multiverse
Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
`;
    const lines = `# See http://help.ubuntu.invalid for how to upgrade.
deb http://ubuntu.invalid/ubuntu/ jammy main restricted
deb http://ubuntu.invalid/ubuntu/ jammy-updates main restricted
deb http://security.invalid/ubuntu/ jammy-security main restricted
deb http://security.invalid/debian jammy-security main
`;
    expect(await hostMirrors(await configured({ 'sources.list.d/ubuntu.sources': stanzas }))).toEqual(NONE);
    expect(await hostMirrors(await configured({ 'sources.list': lines }))).toEqual(NONE);
  });

  it('ignores vendors and derivatives, whatever their suites are called', async () => {
    const text = `deb http://kali.invalid/kali kali-rolling main
deb http://kali.invalid/debian kali-rolling-security main
deb http://raspbian.invalid/raspbian/ bookworm main contrib
deb http://mint.invalid wilma main upstream
deb [arch=amd64 signed-by=/etc/apt/keyrings/vendor.asc] https://vendor.invalid/linux/debian trixie main
deb [ arch=amd64 ] https://containers.invalid/linux/debian trixie stable
deb https://vendor.invalid/apt stable main
deb https://cloud.invalid/debian cloud main # debian trixie
deb cdrom:[Debian GNU/Linux 13.0.0 _Trixie_ - Official amd64 NETINST]/ trixie main
deb ftp://old.invalid/debian trixie main
`;
    expect(await hostMirrors(await configured({ 'sources.list': text }))).toEqual(NONE);
  });

  it('decides by the InRelease that apt has fetched', async () => {
    const apt = await configured({
      'sources.list': `deb http://pi.invalid/debian/ bookworm main
deb https://login:planted@company.invalid:8443/apt_proxy bookworm main
deb http://mirror.invalid/debian bookworm-backports main
`,
      'lists/pi.invalid_debian_dists_bookworm_InRelease': inRelease('Raspberry Pi Foundation'),
      'lists/company.invalid:8443_apt%5fproxy_dists_bookworm_InRelease': inRelease('Debian'),
      'lists/mirror.invalid_debian_dists_bookworm-backports_InRelease': inRelease('Debian Backports'),
    });
    expect(await hostMirrors(apt)).toEqual({
      debian: ['https://login:planted@company.invalid:8443/apt_proxy', 'http://mirror.invalid/debian'],
      'debian-security': [],
    });
  });

  it("follows the lists of mirrors of Debian's cloud images", async () => {
    const stanza = (list: string, suites: string): string =>
      `Types: deb deb-src\nURIs: mirror+file://${folder}/mirrors/${list}\nSuites: ${suites}\nComponents: main\n\n`;
    const apt = await configured({
      'sources.list': '# See /etc/apt/sources.list.d/debian.sources\n',
      'sources.list.d/debian.sources':
        stanza('debian.list', 'trixie trixie-updates trixie-backports') +
        stanza('debian-security.list', 'trixie-security'),
      'mirrors/debian.list': 'https://cloud.invalid/debian\n',
      'mirrors/debian-security.list': 'https://cloud.invalid/debian-security\n',
    });
    expect(await hostMirrors(apt)).toEqual({
      debian: ['https://cloud.invalid/debian'],
      'debian-security': ['https://cloud.invalid/debian-security'],
    });
  });

  it('reads lists of mirrors as apt does: priorities, types, comments; those from the network as apt has them', async () => {
    const apt = await configured({
      'sources.list': `deb mirror+file:${folder}/mirrors/all.txt trixie main
deb mirror+https://lists.invalid/a/trixie.txt trixie main
deb mirror://lists.invalid/not-fetched.txt trixie main
deb mirror+file:${folder}/absent.txt trixie main
deb mirror+file:${folder}/mirrors/all.txt noble main
`,
      'mirrors/all.txt': `# ours
http://any.invalid/debian/

http://second.invalid/debian\tpriority:2 arch:amd64
http://first.invalid/debian\tpriority:1\ttype:index type:deb
http://lists-only.invalid/debian\ttype:index
file:/srv/debian\tpriority:1
`,
      'lists/auxfiles/lists.invalid_a_trixie.txt': 'https://fetched.invalid/debian\n',
    });
    expect(await hostMirrors(apt)).toEqual({
      debian: [
        'http://first.invalid/debian',
        'http://second.invalid/debian',
        'http://any.invalid/debian',
        'https://fetched.invalid/debian',
      ],
      'debian-security': [],
    });
  });

  it('reads deb822 as apt does: values for no, embedded keys, names of files', async () => {
    const sources = (host: string, ...more: string[]): string =>
      [
        'types: deb',
        `uris: http://${host}.invalid/debian`,
        'suites:',
        ' trixie',
        'components: main',
        ...more,
      ].join('\n');
    const apt = await configured({
      'sources.list.d/a.sources': sources('disabled', 'Enabled: off'),
      'sources.list.d/b.sources': sources('enabled', 'Enabled: yes'),
      'sources.list.d/c.sources': sources(
        'key-within',
        'Signed-By:',
        ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
        ' .',
        ' /wFMA8Ku',
        ' -----END PGP PUBLIC KEY BLOCK-----',
      ),
      'sources.list.d/d.sources': sources(
        'keyring',
        'Signed-By: /usr/share/keyrings/debian-archive-keyring.pgp',
      ),
      'sources.list.d/e.sources.disabled': sources('renamed'),
      'sources.list.d/.f.sources': sources('hidden'),
    });
    expect((await hostMirrors(apt)).debian).toEqual([
      'http://enabled.invalid/debian',
      'http://key-within.invalid/debian',
      'http://keyring.invalid/debian',
    ]);
  });
});

describe('debianArchives', () => {
  it('tries configured mirrors first, then the host’s, then public ones, then the snapshot archive', async () => {
    const apt = await configured({ 'sources.list.d/debian.sources': STANZAS });
    const mirrors = { debian: ['http://company.invalid/debian', 'http://second.invalid/debian'] };
    const archives = await debianArchives({ trustFolder: 'trust', mirrors, apt });
    if (!archives.ok) throw new Error(shown(archives));
    expect(archives.value['debian']).toMatchObject({
      mirrors: [
        'http://company.invalid/debian',
        'http://second.invalid/debian',
        'http://mirror.invalid/debian',
        ...DEFAULT_MIRRORS.debian,
      ],
      snapshot: 'https://snapshot.debian.org/archive/debian',
    });
    expect(archives.value['debian']?.trustedKeys).toHaveLength(2);
    expect(archives.value['debian-security']?.trustedKeys).toHaveLength(1);
  });

  it('tries public mirrors if apt has none', async () => {
    const archives = await debianArchives({ trustFolder: 'trust', apt: await configured({}) });
    if (!archives.ok) throw new Error(shown(archives));
    expect(archives.value['debian']?.mirrors).toEqual(DEFAULT_MIRRORS.debian);
    expect(archives.value['debian-security']?.mirrors).toEqual(DEFAULT_MIRRORS['debian-security']);
    expect(DEFAULT_MIRRORS.debian.length).toBeGreaterThan(1);
    expect(DEFAULT_MIRRORS['debian-security'].length).toBeGreaterThan(0);
  });

  it('names each key that is not a file', async () => {
    for (const name of ['debian/a.asc', 'debian/b.asc']) await mkdir(join(folder, name), { recursive: true });
    const archives = await debianArchives({ trustFolder: folder });
    expect(shown(archives).replaceAll(folder, 'trust')).toMatchInlineSnapshot(`
      "[io] trust/debian/a.asc can't be read: it is a folder.
      -> Put the right file there, or remove what is there.

      [io] trust/debian/b.asc can't be read: it is a folder.
      -> Put the right file there, or remove what is there."
    `);
  });

  it('says where keys are missing', async () => {
    const archives = await debianArchives({ trustFolder: '/absent/trust' });
    expect(shown(archives)).toMatchInlineSnapshot(`
      "[io] There is no key of the archive "debian" in /absent/trust/debian: expected armoured public keys, *.asc.
      -> Put the keys that sign its InRelease files there (see trust/README.md)."
    `);
  });
});
