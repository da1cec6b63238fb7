import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { debianArchives, hostMirrors } from '../src';
import { shown } from './support';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'apt-'))));
afterEach(() => rm(folder, { recursive: true }));

async function configured(files: Record<string, string>) {
  await mkdir(join(folder, 'sources.list.d'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return { sourcesList: join(folder, 'sources.list'), sourcesFolder: join(folder, 'sources.list.d') };
}

const STANZAS = `# the main archive
Types: deb deb-src
URIs: http://mirror.invalid/debian/ http://second.invalid/debian
Suites: trixie trixie-updates
Components: main

Types: deb
URIs: http://mirror.invalid/security
Suites: trixie-security
Components: main

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
deb [arch=amd64 signed-by=/k.gpg] https://mirror.invalid/debian-security trixie-security main
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
    expect(await hostMirrors(nowhere)).toEqual({ debian: [], 'debian-security': [] });
  });
});

describe('debianArchives', () => {
  it('asks configured mirrors first, then the host’s, then the snapshot archive', async () => {
    const apt = await configured({ 'sources.list.d/debian.sources': STANZAS });
    const mirrors = { debian: ['http://company.invalid/debian', 'http://second.invalid/debian'] };
    const archives = await debianArchives({ trustFolder: 'trust', mirrors, apt });
    if (!archives.ok) throw new Error(shown(archives));
    expect(archives.value['debian']).toMatchObject({
      mirrors: [
        'http://company.invalid/debian',
        'http://second.invalid/debian',
        'http://mirror.invalid/debian',
      ],
      snapshot: 'https://snapshot.debian.org/archive/debian',
    });
    expect(archives.value['debian']?.trustedKeys).toHaveLength(2);
    expect(archives.value['debian-security']?.trustedKeys).toHaveLength(1);
  });

  it('says where keys are missing', async () => {
    const archives = await debianArchives({ trustFolder: '/absent/trust' });
    expect(shown(archives)).toMatchInlineSnapshot(`
      "[io] There is no key of the archive "debian" in /absent/trust/debian: expected armoured public keys, *.asc.
      -> Put the keys that sign its InRelease files there (see trust/README.md)."
    `);
  });
});
