import { expect, it } from 'vitest';
import { canonicalJson, digestOf, ok } from '@image-tooling/model';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import { readBaseConfig } from '../src/lock/base/config';
import { foundManifest } from '../src/registry/found-manifest';
import { readInventory } from '../src/registry/prune/inventory';

const mediaType = 'application/vnd.oci.image.index.v1+json';

function index(...children: readonly ManifestBytes[]): ManifestBytes {
  const manifests = children.map(({ digest, bytes }) => ({ mediaType, digest, size: bytes.length }));
  const bytes = Buffer.from(canonicalJson({ schemaVersion: 2, manifests }));
  return { mediaType, digest: digestOf(bytes), bytes };
}

/** Returns a repository whose only tag leads to indexes within one another. */
function nested(count: number): Repository {
  const all = [index()];
  while (all.length < count) all.push(index(all.at(-1)!));
  return {
    name: { registry: 'registry.invalid', path: 'deep' },
    listTags: async () => ok(['latest']),
    getManifest: async (reference) => ok(all.find(({ digest }) => digest === reference) ?? all.at(-1)),
    listReferrers: async () => ok([]),
  } as Partial<Repository> as Repository;
}

it('reads nested indexes, up to a limit', async () => {
  const few = await readInventory(nested(10));
  expect(few.ok && few.value.manifests.size).toBe(10);
  expect(await readInventory(nested(40))).toMatchObject({
    ok: false,
    failures: [
      { code: 'image-format', message: expect.stringContaining('more than 16 manifests') as string },
    ],
  });
});

it('ignores annotations that are not an object', () => {
  const bytes = Buffer.from('{"manifests":[],"annotations":null}');
  expect(foundManifest({ mediaType, digest: digestOf(bytes), bytes })).toMatchObject({ annotations: {} });
});

it('ignores members of a base’s config with wrong types', () => {
  const bytes = Buffer.from('{"os":{"a":1},"architecture":[]}');
  const read = readBaseConfig(bytes, digestOf(bytes), 'linux/amd64');
  expect(read.ok || read.failures[0].message).toContain('but for no platform');
});
