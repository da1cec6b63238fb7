import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OsvDatabase, scanLockText, type ScanLock } from '@image-tooling/scan';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { keepDatabase } from '../../src/vulnerability-data/kept-database';

const SUM = `h1:${'A'.repeat(43)}=`;
const OTHER_ENTRY = {
  id: 'GO-2020-0001',
  affected: [{ package: { ecosystem: 'Go', name: 'example.invalid/never' } }],
};
const IMAGES = ['base', 'child'];

export const HELLO_CVE = 'CVE-2026-7777';

/** Now, in seconds since the epoch. */
export const NOW = Math.floor(Date.now() / 1000);

/** Writes what scan-lock would: all packages of the images are the newest, except fixture-hello, which has a fix. */
export async function writeScanData(
  rig: WorkspaceRig,
  change: (lock: ScanLock) => ScanLock = (lock) => lock,
): Promise<void> {
  const names = (await Promise.all(IMAGES.map((image) => sourcesOf(rig, image)))).flat();
  const sources = Object.fromEntries(
    names.map((name) => [name, { newest: '0', security: false, fixes: {} }]),
  );
  const hello = { newest: '1.1', security: true, fixes: { [HELLO_CVE]: '1.1' } };
  const lock = change({
    go: { module: 'golang.org/x/vulndb', version: 'v0.0.1', time: NOW, sum: SUM },
    debian: {
      trixie: { time: NOW, releases: [], sources: { ...sources, 'fixture-hello': hello }, gone: [] },
    },
  });
  valueOf(await keepDatabase(rig.store, SUM, OsvDatabase.of([OTHER_ENTRY])));
  await rig.write('scan.lock.json', scanLockText(lock));
}

/** Returns the data of an archive in which nothing has a fix. */
export function withoutFixes(lock: ScanLock): ScanLock {
  const { trixie } = lock.debian;
  const sources = { ...trixie!.sources, 'fixture-hello': { newest: '1.0', security: false, fixes: {} } };
  return { ...lock, debian: { trixie: { ...trixie!, sources } } };
}

/** Debian's folders of packages are named after their source (pool/main/o/openssl/), and fixtures are their own. */
async function sourcesOf(rig: WorkspaceRig, image: string): Promise<string[]> {
  const text = await readFile(join(rig.folder, 'images', image, 'lock.json'), 'utf8');
  const found = text.matchAll(/"pool\/(?:updates\/)?[^/]+\/[^/]+\/([^/]+)\/|"(fixture-[a-z]+)"/g);
  return [...found].map(([, source, fixture]) => source ?? fixture ?? '');
}
