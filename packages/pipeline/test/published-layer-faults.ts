import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, type DigestFile, type LayersFile } from '@image-tooling/model';
import type { FaultProxy } from '@image-tooling/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { answer, LOGIN, named, SHORT, type NamedFault } from './named-faults';
import { NO_PROGRAMS, restored } from './restored';

const GET = { method: 'GET', path: /blobs/ };
const ANY = { path: /blobs/ };
const FAULTS: readonly NamedFault[] = [
  ['sends wrong bytes', 'gave wrong bytes for the blob', { ...GET, fault: { kind: 'flip-bit', at: 20 } }],
  ['ends a body early', 'sends only', { ...GET, fault: { kind: 'truncate-answer', bytes: 20 } }],
  ['breaks connections', 'pulled: ', { ...GET, fault: { kind: 'reset-answer', afterBytes: 20 } }],
  ['lacks the blob', 'the files layer is not in', { ...ANY, fault: answer(404) }],
  ['only claims to have the blob', 'has no blob', { ...GET, fault: answer(404) }],
  ['wants a login', '(401)', { ...ANY, fault: answer(401, LOGIN) }],
  ['refuses', '403', { ...ANY, fault: answer(403) }],
  ['has an error of its own', '500', { ...ANY, fault: answer(500) }],
  ['does not answer', 'no answer', { ...ANY, fault: { kind: 'hang' } }, SHORT],
  ['stalls', 'pulled: ', { ...GET, fault: { kind: 'slow-answer', bytesPerSecond: 1 } }, SHORT],
  ['is down', 'pulled: ', { ...ANY, fault: answer(200) }, { IMAGE_REGISTRY: '127.0.0.1:9/team' }],
];

/**
 * Layers of published images that a registry can't give; of its faults, those with these names (default: all). `proxy`
 * is before the registry that has the images; default: the workspace's.
 */
export function publishedLayerFaults(
  published: () => PublishWorkspace,
  {
    names,
    proxy = () => published().proxy,
  }: { readonly names?: readonly string[]; readonly proxy?: () => FaultProxy } = {},
): void {
  it.each(named(FAULTS, names))('are built again if the registry %s', async (_, note, rule, env = {}) => {
    const rig = await restored(published(), published().rig.store);
    const { layers } = await published().read<LayersFile>(`images/base/${DIST}/layers.json`);
    const files = layers.find(({ kind }) => kind === 'files');
    await rm(join(rig.store, 'blobs', 'sha256', hexOf(files?.digest ?? 'sha256:')));
    proxy().fault(rule);
    onTestFinished(() => proxy().heal());
    const out = await rig.must(['load', 'child', '--to=oci:out'], {
      ...NO_PROGRAMS,
      IMAGE_REGISTRY: `${proxy().host}/team`,
      ...env,
    });
    const seen = out.split('\n').filter((line) => /the files layer (can't be pulled|is not in)/.test(line));
    expect(seen).toEqual([expect.stringContaining(note)]);
    expect(out).toContain('base: files layer  built');
    expect(out).toContain(
      `digest ${(await published().read<DigestFile>(`images/child/${DIST}/digest.json`)).manifest}`,
    );
    expect((await rig.run(['store', 'verify'])).exitCode).toBe(0);
  });
}
