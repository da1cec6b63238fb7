import { digestOf } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { platformImageOf } from '../src';

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const row = (mediaType: string) => ({ mediaType, digest: digestOf(mediaType), size: 3 });

function imageOf(json: object, mediaType = `${OCI}.manifest.v1+json`) {
  const bytes = Buffer.from(JSON.stringify(json));
  return platformImageOf({ mediaType, digest: digestOf(bytes), bytes });
}

/** What is wrong with it; empty where nothing is. */
function wrongs(json: object, mediaType?: string): string[] {
  const result = imageOf(json, mediaType);
  return result.ok ? [] : result.failures.map(({ code, message }) => `${code}: ${message}`);
}

describe('the manifest of an image to build on', () => {
  it.each([
    [`${OCI}.config.v1+json`, `${OCI}.layer.v1.tar`],
    [`${OCI}.config.v1+json`, `${OCI}.layer.v1.tar+gzip`],
    [`${OCI}.config.v1+json`, `${OCI}.layer.v1.tar+zstd`],
    [`${DOCKER}.container.image.v1+json`, `${DOCKER}.image.rootfs.diff.tar.gzip`],
    [`${DOCKER}.container.image.v1+json`, `${DOCKER}.image.rootfs.diff.tar`],
  ])('%s with %s is accepted', (config, layer) => {
    const result = imageOf({ schemaVersion: 2, config: row(config), layers: [row(layer)] });
    expect(result).toMatchObject({ ok: true, value: { config: row(config), layers: [row(layer)] } });
  });

  it('is refused, naming all layers of foreign or unknown types', () => {
    const layers = [
      row(`${DOCKER}.image.rootfs.foreign.diff.tar.gzip`),
      row(`${OCI}.layer.nondistributable.v1.tar+gzip`),
      row(`${OCI}.layer.v1.tar+gzip+encrypted`),
      { ...row(`${OCI}.layer.v1.tar`), digest: 'sha512:00' },
    ];
    const found = wrongs({ schemaVersion: 2, config: row(`${OCI}.config.v1+json`), layers });
    expect(found).toEqual([
      expect.stringContaining('may be distributed only by its vendor'),
      expect.stringContaining('may be distributed only by its vendor'),
      expect.stringContaining('has an unsupported media type'),
      expect.stringContaining('has no sha256 digest'),
    ]);
  });

  it("is refused in Docker's oldest format, and in an unknown one", () => {
    const old = `${DOCKER}.distribution.manifest.v1+prettyjws`;
    expect(wrongs({ schemaVersion: 1, fsLayers: [] }, old)).toEqual([
      expect.stringContaining('oldest format, "schema 1"'),
    ]);
    const chart = { config: row('application/vnd.cncf.helm.config.v1+json'), layers: [] };
    expect(wrongs({ schemaVersion: 2, ...chart })).toEqual([expect.stringContaining('helm.config')]);
    expect(wrongs({ schemaVersion: 2 })).toEqual([expect.stringContaining('base-unusable: sha256:')]);
  });
});
