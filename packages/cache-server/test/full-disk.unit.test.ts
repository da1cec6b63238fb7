import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { whyNoSmallDisk } from '@image-tooling/testkit';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRig, type Rig } from './rig';

const MEGABYTES = 2;

describe.skipIf(whyNoSmallDisk() !== undefined)('a full disk', () => {
  it.each(['storage', 'temporary'])('of the %s folder is a 403; the server goes on', async (full) => {
    const disk = smallDisk();
    const path = join(disk, 'folder');
    const rig = await started({ [full]: full === 'storage' ? pathToFileURL(path).href : path });
    expect(await rig.put('1', randomBytes(3_000_000))).toMatchObject({ status: 403, reason: 'disk-full' });
    expect(rig.log).toContainEqual(expect.objectContaining({ level: 'warn', trueStatus: 507 }));
    expect(await rig.get('1')).toMatchObject({ status: 404, reason: 'miss' });
    // Nothing was left behind that takes the room of others.
    expect((await rig.put('2', randomBytes(1_500_000))).status).toBe(200);
    expect((await rig.get('2')).body).toHaveLength(1_500_000);
  });
});

function smallDisk(): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
  return folder;
}

async function started(config: object): Promise<Rig> {
  const rig = await startRig({ config });
  onTestFinished(() => rig.stop());
  return rig;
}
