import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapWanted, planImage, type ImagePlanInput } from '@image-tooling/model';
import { missingParents } from '@image-tooling/layer';
import { openStore, writeLayer } from '@image-tooling/oci';
import { describe, expect, it } from 'vitest';
import { helpEntries } from '../src/build/help-layer';

// A literal that changes here is a format that changed: raise its number in
// packages/model/src/plan/formats.ts.

const DEB = { name: 'dpkg', version: '1.22', architecture: 'amd64', sha256: 'a'.repeat(64) };

const INPUT: ImagePlanInput = {
  name: 'base',
  platform: 'linux/amd64',
  compression: 'zstd',
  description: 'A base',
  examples: [],
  config: {},
  labels: {},
  packages: [],
  users: [
    { name: 'toolbox', uid: 1000, gid: 1000, home: '/home/toolbox', homeMode: '1777', shell: '/bin/bash' },
  ],
  lock: { time: 1_700_000_000, bootstrap: [DEB], packages: [] },
  tools: [],
  files: { 'etc/x': { type: 'file', mode: '644', uid: 0, gid: 0, sha256: 'b'.repeat(64) } },
};

describe('golden build ids', () => {
  it('of bootstrap, files and help layers', () => {
    const plan = planImage(INPUT);
    if (!plan.ok) throw new Error(plan.failures[0].message);
    const { system, files, help } = plan.value;
    expect(bootstrapWanted(INPUT).buildId).toBe(system?.buildId);
    expect([system, files, help].map((layer) => layer?.buildId)).toMatchInlineSnapshot(`
      [
        "sha256:6d75c371cd28f2b5a7e506e480b23f8aaaaaeaef62ad75f1b51216133bfc6784",
        "sha256:734225ea5490001e40545fd9157a089846d4864a703edb82745001cddf85000b",
        "sha256:30c0a0a20558d7e56991f7b641dcc3879f77a473b8ef8506be93c7331a8dfab1",
      ]
    `);
  });
});

describe('golden digests', () => {
  it('of a help layer', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'golden-'));
    try {
      const store = await openStore(folder);
      if (!store.ok) throw new Error(store.failures[0].message);
      const entries = helpEntries('what is in this image\n');
      const written = await writeLayer([...entries, ...missingParents(entries, [], entries[0]?.mtime)], {
        compression: 'zstd',
        store: store.value,
      });
      if (!written.ok) throw new Error(written.failures[0].message);
      const { diffId, digest } = written.value.layer;
      expect({ diffId, digest }).toMatchInlineSnapshot(`
        {
          "diffId": "sha256:dc1b2a0d8a351f08dbbe8e84aa66e475249bde4d6bee2e1ce2c63d67dd378db1",
          "digest": "sha256:9f82fedb5bfb0b9e872b5acef430a0c8d5f4d32aa55463c2118b4b791285fd49",
        }
      `);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
