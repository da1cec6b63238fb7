import { archOf, type Compression, type Platform } from '@image-tooling/model';
import { run } from '@image-tooling/host';
import {
  consumers,
  rawBlob,
  rawManifest,
  startRegistry,
  wholeAt,
  whyNoRegistry,
  type RealRegistry,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import type { Delivered } from '../../src/publish/deliver';
import { ANNOTATIONS, ELSEWHERE, HERE, publishInterop } from './interop-image';
import { COMMIT } from './rig';

const COMPRESSIONS = ['zstd', 'gzip'] as const;
const TAGS = ['main', `main-${COMMIT.id.slice(0, 12)}`];

let registry: RealRegistry | undefined;
const published = new Map<Compression, Delivered>();
const absent = whyNoRegistry();

beforeAll(async () => {
  if (absent !== undefined) return;
  registry = await startRegistry();
  for (const compression of COMPRESSIONS)
    published.set(
      compression,
      await publishInterop(`${registry.host}/team/${compression}/demo`, compression),
    );
});
afterAll(async () => {
  for (const consumer of consumers) await consumer.cleanup();
  await registry?.stop();
});

const pathOf = (compression: Compression) => `team/${compression}/demo`;
const hostOf = () => registry!.host;
const indexOf = (compression: Compression) => published.get(compression)!.index;

describe.each(COMPRESSIONS)('an image published with %s', (compression) => {
  describe.each(consumers.map((consumer) => [consumer.name, consumer] as const))('%s', (_, consumer) => {
    it('pulls it by its tag and by its digest, and runs its tool as its user', async (context) => {
      const reason = absent ?? (await consumer.available());
      if (reason !== undefined) return context.skip(reason);
      const repository = `${hostOf()}/${pathOf(compression)}`;
      const canRead = compression !== 'zstd' || (await consumer.readsZstd());
      for (const image of [`${repository}:main`, `${repository}@${indexOf(compression).digest}`]) {
        const pulled = await consumer.pull(image);
        expect(pulled.ok, JSON.stringify(pulled)).toBe(canRead);
        const ran = canRead ? await consumer.run?.(image, ['greet']) : undefined;
        if (ran) expect(valueOf(ran)).toMatchObject({ exitCode: 0, stdout: `${compression} for 1000\n` });
      }
      return undefined;
    });
  });

  it('is served by the registry byte for byte, under every tag', async (context) => {
    if (absent !== undefined) return context.skip(absent);
    const { bytes, digest } = indexOf(compression);
    for (const reference of [...TAGS, digest]) {
      const served = await rawManifest(registry!, pathOf(compression), reference);
      expect(served?.bytes.equals(bytes)).toBe(true);
      expect(await wholeAt(registry!, pathOf(compression), reference)).toEqual([]);
    }
    return undefined;
  });

  it('is read by skopeo: the same bytes raw, and each platform', async (context) => {
    const skopeo = consumers.find(({ name }) => name === 'skopeo')!;
    const reason = absent ?? (await skopeo.available());
    if (reason !== undefined) return context.skip(reason);
    expect(await inspect(compression, '--raw')).toBe(indexOf(compression).bytes.toString());
    for (const platform of [HERE, ELSEWHERE]) {
      const said = await inspect(compression, `--override-arch=${archOf(platform)}`);
      expect(JSON.parse(said)).toMatchObject({
        Architecture: archOf(platform),
        Os: 'linux',
        Digest: indexOf(compression).digest,
        RepoTags: expect.arrayContaining(TAGS) as string[],
        Layers: (await partsOf(compression, platform)).layers.map(({ digest }) => digest),
      });
    }
    return undefined;
  });

  // What `docker buildx imagetools inspect` shows, and what a client chooses by.
  it('has an index that matches each platform’s config', async (context) => {
    if (absent !== undefined) return context.skip(absent);
    const { json, mediaType } = (await rawManifest(registry!, pathOf(compression), 'main'))!;
    expect(mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(json).toMatchObject({ schemaVersion: 2, mediaType, annotations: ANNOTATIONS });
    expect(platformsIn(json)).toEqual(['linux/amd64', 'linux/arm64']);
    for (const platform of [HERE, ELSEWHERE]) {
      const { manifest, config, layers } = await partsOf(compression, platform);
      expect(manifest).toMatchObject({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json' },
      });
      expect(config).toMatchObject({ os: 'linux', architecture: archOf(platform) });
      expect(config.rootfs.diff_ids).toHaveLength(layers.length);
      expect(new Set(layers.map((layer) => layer.mediaType))).toEqual(
        new Set([`application/vnd.oci.image.layer.v1.tar+${compression}`]),
      );
    }
    return undefined;
  });
});

async function inspect(compression: Compression, flag: string): Promise<string> {
  const image = `docker://${hostOf()}/${pathOf(compression)}:main`;
  const argv = ['skopeo', 'inspect', '--tls-verify=false', flag, image] as const;
  return valueOf(await run({ argv, timeoutSeconds: 60 })).stdout;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

interface ConfigJson {
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const manifestsIn = (index: Record<string, unknown>) => index['manifests'] as readonly Descriptor[];

function platformsIn(index: Record<string, unknown>): string[] {
  return manifestsIn(index).map(({ platform }) => `${platform?.os}/${platform?.architecture}`);
}

/** Returns the manifest of a platform in the index of main. */
async function partsOf(compression: Compression, platform: Platform) {
  const path = pathOf(compression);
  const { json } = (await rawManifest(registry!, path, 'main'))!;
  const found = manifestsIn(json)[platformsIn(json).indexOf(platform)]!;
  const manifest = (await rawManifest(registry!, path, found.digest))!.json;
  const bytes = await rawBlob(registry!, path, (manifest['config'] as Descriptor).digest);
  const config = JSON.parse(bytes!.toString()) as ConfigJson;
  return { manifest, config, layers: manifest['layers'] as readonly Descriptor[] };
}
