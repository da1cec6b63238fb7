import { PREDICATES } from '@image-tooling/attest';
import { expect, it } from 'vitest';
import type { Rescanned } from '../../src';
import { LAYER_BYTES, releaseWithSbom, unsignedPlan } from './releases-of-child';
import { writeScanData } from './scan-data';
import { signWith } from './signatures';
import { KEYS, published, referrersOf } from './signed';
import { PublishWorkspace } from './workspace';

it('attaches one result to each of twelve releases, also if three runs re-scan at once', async () => {
  const workspace = await PublishWorkspace.open();
  try {
    await signWith(workspace, 'signing.key');
    await workspace.rig.write('scan.json', {});
    await writeScanData(workspace.rig);
    for (let nth = 0; nth < 12; nth++) await published(await releaseWithSbom(workspace, 'twelve', nth));
    workspace.proxy.forget();
    const ends = await Promise.all([1, 2, 3].map(() => rescan(workspace)));
    for (const { images, failures } of ends) expect([images.length, failures]).toEqual([12, []]);
    const { images } = ends[0]!;
    const plan = unsignedPlan(workspace, 'twelve');
    for (const { digest } of [images[0]!, images[11]!]) {
      const rows = await referrersOf(plan, digest);
      const scans = rows.filter(({ annotations }) => Object.values(annotations).includes(PREDICATES.scan));
      expect(scans).toHaveLength(1);
    }
    const blobs = images.flatMap(({ report }) => report.manifest);
    expect(new Set(blobs).size).toBe(12);
    expect(workspace.proxy.requests.filter(({ sentBytes }) => sentBytes > LAYER_BYTES)).toEqual([]);
  } finally {
    await workspace.close();
  }
});

async function rescan(workspace: PublishWorkspace): Promise<Rescanned> {
  const place = { IMAGE_REGISTRY: `${workspace.proxy.host}/twelve`, IMAGE_SIGNING_KEY: KEYS.privateKey };
  const { stdout } = await workspace.rig.run(['rescan', 'child', '--json'], workspace.env(place));
  return JSON.parse(stdout) as Rescanned;
}
