import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ScannerName } from '@image-tooling/model';
import type { ScanLock, ScannerLock } from '@image-tooling/scan';
import {
  grypeDatabase,
  trivyDatabase,
  type Advisory,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { inject } from 'vitest';
import { lockScannerDatabases } from '../src/scanner';
import { plantTool } from './planted';
import { writeScanData } from './publish/scan-data';
import { scannerProgram, whyNoScanner } from './scanner-programs';
import { inSession, packed, pushTrivy, REPOSITORY, writeGrypeListing } from './scanner-rig';

export const SCANNERS: readonly ScannerName[] = ['trivy', 'grype'];
const PLATFORM = 'linux/amd64';

/** Writes an image `scanners` with the scanners that this machine has; it has to be locked and built. */
export async function writeScannerImage(rig: WorkspaceRig, folder: string): Promise<void> {
  const found = SCANNERS.filter((name) => whyNoScanner(name) === false);
  await rig.write('images/scanners/image.json', {
    ...{ description: 'Scanners', from: { image: 'base' }, platforms: [PLATFORM], tools: found },
  });
  for (const name of found) {
    const script = await readFile(await scannerProgram(name, folder));
    await plantTool(rig, { name, version: '1.0.0', checks: [], script }, PLATFORM);
  }
}

interface DatabasePlace {
  readonly rig: WorkspaceRig;
  readonly registry: RealRegistry;
}

/**
 * Publishes a database, and names it in scan.json and scan.lock.json, in which `change` changes what package registries
 * know.
 */
export async function useDatabase(
  place: DatabasePlace,
  scanner: ScannerName,
  advisories: readonly Advisory[],
  change: (lock: ScanLock) => ScanLock = (lock) => lock,
): Promise<ScannerLock> {
  const { rig } = place;
  const mirror = await MIRRORS[scanner](place, advisories);
  await rig.write('scan.json', { database: { scanner, mirror, image: 'scanners' } });
  const workspace = await inSession(rig, async (session) => {
    const loaded = await session.workspaceFor('child');
    return loaded.ok ? lockScannerDatabases(session, loaded.value.images.values()) : loaded;
  });
  const scanners = valueOf(workspace);
  await writeScanData(rig, (lock) => ({ ...change(lock), scanners }));
  return scanners[0] as ScannerLock;
}

const MIRRORS = {
  async trivy({ registry }: DatabasePlace, advisories: readonly Advisory[]): Promise<string> {
    await pushTrivy(registry, await packed(trivyDatabase(advisories)));
    return `${registry.host}/${REPOSITORY}:2`;
  },
  async grype({ rig }: DatabasePlace, advisories: readonly Advisory[]): Promise<string> {
    const folder = `grype-${basename(rig.folder)}`;
    await writeGrypeListing(
      join(inject('sharedFolder'), folder),
      await packed({ 'vulnerability.db': grypeDatabase(advisories) }),
    );
    return `${inject('sharedUrl')}/${folder}/latest.json`;
  },
};
