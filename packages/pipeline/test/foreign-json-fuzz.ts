import * as fc from 'fast-check';
import { digestFileSchema, digestOf, layerFileSchema, layersFileSchema } from '@image-tooling/model';
import { MEDIA_TYPES } from '@image-tooling/oci';
import { osvEntry, parseScanLock, scanLockText } from '@image-tooling/scan';
import { cleanFailures, mutatedValues, type FuzzTarget } from '@image-tooling/testkit/fuzz';
import { readBaseConfig } from '../src/lock/base/config';
import { foundManifest } from '../src/registry/found-manifest';

const DIGEST = digestOf('x');

const CONFIG = JSON.stringify({
  created: '2024-01-01T00:00:00Z',
  os: 'linux',
  architecture: 'amd64',
  rootfs: { type: 'layers', diff_ids: [DIGEST] },
  config: { Env: ['A=b'], Entrypoint: ['sh'], Cmd: ['-c'], User: 'u', WorkingDir: '/w', Labels: { a: 'b' } },
});
const descriptor = { mediaType: MEDIA_TYPES.config, digest: DIGEST, size: 1 };
const MANIFEST = JSON.stringify({
  schemaVersion: 2,
  config: descriptor,
  layers: [descriptor],
  subject: descriptor,
  annotations: { a: 'b' },
});

const LAYER = {
  ...{ diffId: DIGEST, digest: DIGEST, size: 1, tarSize: 1, compression: 'zstd', kind: 'tool' },
  ...{ owner: 'a', buildId: DIGEST, time: 1 },
};
const TOOL = { name: 'a', version: '1', description: 'A', source: 'go' };
const OUTPUTS = [
  {
    layersVersion: 1,
    platform: 'linux/amd64',
    layers: [LAYER],
    config: { env: { A: 'b' }, entrypoint: [], cmd: [], user: 'u' },
    contents: { tools: [TOOL], packages: [{ name: 'p', version: '1' }] },
    packagesDigest: DIGEST,
  },
  { layerVersion: 1, platform: 'linux/amd64', layer: LAYER, tool: TOOL },
  { manifest: DIGEST, config: DIGEST, help: DIGEST },
].map((value) => JSON.stringify(value));

const SCAN_DATA = scanLockText({
  go: { module: 'm', version: 'v1.0.0', time: 1, sum: `h1:${'A'.repeat(43)}=` },
  debian: {
    trixie: {
      time: 1,
      releases: [{ archive: 'debian', suite: 'trixie', sha256: 'a', date: 1 }],
      sources: { p: { newest: '1', security: true, fixes: { 'CVE-2026-1111': '1' } } },
      gone: ['q'],
    },
  },
});
const OSV = JSON.stringify({
  id: 'GO-1',
  affected: [
    {
      package: { ecosystem: 'Go', name: 'm' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.0' }] }],
      ecosystem_specific: { imports: [{ path: 'm', symbols: ['S'] }] },
    },
  ],
});

/** Configs and manifests of images that others made, outputs and locks that others edited, and data of scans. */
export const FOREIGN_JSON: FuzzTarget<string> = {
  name: 'foreign JSON',
  runs: 250,
  values: fc.oneof(
    mutatedValues([CONFIG]),
    mutatedValues([MANIFEST]),
    mutatedValues(OUTPUTS),
    mutatedValues([SCAN_DATA, OSV]),
  ),
  show: (text) => text,
  check: (text) => {
    const bytes = Buffer.from(text);
    cleanFailures(readBaseConfig(bytes, DIGEST, 'linux/amd64'));
    for (const schema of [layersFileSchema, layerFileSchema, digestFileSchema])
      schema.safeParse(JSON.parse(text));
    cleanFailures(parseScanLock(text));
    osvEntry(JSON.parse(text));
    foundManifest({ mediaType: MEDIA_TYPES.manifest, digest: DIGEST, bytes });
  },
};
