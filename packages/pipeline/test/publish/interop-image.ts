import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  archOf,
  CONSTANT_TIME,
  indexAnnotations,
  ok,
  platformOfNode,
  wantedTags,
  type Compression,
  type OriginLayer,
  type Platform,
  type RunContext,
} from '@image-tooling/model';
import { fileEntry, missingParents, symlinkEntry, type TarEntry } from '@image-tooling/layer';
import {
  assembleImage,
  MEDIA_TYPES,
  openRepository,
  openStore,
  parseRepository,
  writeLayer,
  type Repository,
  type Store,
} from '@image-tooling/oci';
import { busyboxOf } from '@image-tooling/testkit';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { blobRecords } from '../../src/pushed-blobs/blob-records';
import { deliver, type Delivered } from '../../src/publish/deliver';
import type { LocalPlatform, Publication } from '../../src/publish/publication';
import { verifyPushed } from '../../src/publish/verify/pushed';
import { COMMIT } from './rig';

export const HERE = platformOfNode(process.arch)!;
export const ELSEWHERE: Platform = HERE === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';

/**
 * Delivers a small image, on main, as a publish does: for two platforms, of which this machine runs one, that
 * share the layer of a tool. Each layer says how it is compressed: so that images share no layers.
 *
 * @param repository `host:port/path`
 */
export async function publishInterop(repository: string, compression: Compression): Promise<Delivered> {
  const folder = await mkdtemp(join(tmpdir(), 'interop-image-'));
  const signal = new AbortController().signal;
  const client = openRepository(valueOf(parseRepository(repository)), { env: { HOME: folder }, signal });
  try {
    const store = valueOf(await openStore(join(folder, 'store')));
    const context = { signal, progress: SILENT };
    const publication = publicationOf(await platformsOf(store, compression), client, { store, context });
    return valueOf(await deliver(client, publication, context));
  } finally {
    await client.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const DESCRIPTION = 'A small image';
export const ANNOTATIONS = {
  'org.opencontainers.image.title': 'demo',
  'org.opencontainers.image.description': DESCRIPTION,
};

function publicationOf(
  locals: ReadonlyMap<Platform, LocalPlatform>,
  client: Repository,
  session: { readonly store: Store; readonly context: RunContext },
): Publication {
  const records = blobRecords(session, client.name);
  const mode = { kind: 'main' } as const;
  return {
    image: 'demo',
    mode,
    wanted: wantedTags(mode, COMMIT),
    annotations: indexAnnotations({
      image: 'demo',
      description: DESCRIPTION,
      mode,
      commit: COMMIT,
      branchDays: 1,
    }),
    platforms: [...locals].map(([platform, local]) => ({
      platform,
      manifest: local.manifest.digest,
      local: async () => ok(local),
    })),
    newerCommits: async () => ok([]),
    records,
    dryRun: false,
    verify: (index, rows) =>
      verifyPushed(client, index, { image: 'demo', rows, unread: records, context: session.context }),
  };
}

async function platformsOf(store: Store, compression: Compression): Promise<Map<Platform, LocalPlatform>> {
  const program = { mode: 0o755, mtime: CONSTANT_TIME };
  const script = `#!/bin/sh\necho "${compression} for $(id -u)"\n`;
  const busybox = fileEntry('bin/busybox', await readFile(await busyboxOf(archOf(HERE))), program);
  const links = ['sh', 'id'].map((name) => symlinkEntry(`bin/${name}`, 'busybox', { mtime: CONSTANT_TIME }));
  const marker = fileEntry('etc/compression', compression, { mtime: CONSTANT_TIME });
  const layer = layerWriter(store, compression);
  const tool = await layer('tool', [fileEntry('usr/local/bin/greet', script, program)]);
  const here = await layer('bootstrap', [busybox, ...links, marker]);
  const elsewhere = await layer('bootstrap', [marker]);
  return new Map([
    [HERE, await localOf(store, HERE, [here, tool])],
    [ELSEWHERE, await localOf(store, ELSEWHERE, [elsewhere, tool])],
  ]);
}

function layerWriter(store: Store, compression: Compression) {
  return async (kind: OriginLayer['kind'], entries: readonly TarEntry[]): Promise<OriginLayer> => {
    const all = [...entries, ...missingParents(entries, [], CONSTANT_TIME)];
    const { layer } = valueOf(await writeLayer(all, { compression, store }));
    return { ...layer, kind, owner: 'demo', buildId: layer.diffId, time: CONSTANT_TIME };
  };
}

async function localOf(
  store: Store,
  platform: Platform,
  layers: readonly OriginLayer[],
): Promise<LocalPlatform> {
  const config = { user: '1000:1000', env: { PATH: '/usr/local/bin:/bin' } };
  const image = valueOf(await assembleImage({ store, platform, layers, config }));
  const { manifestDigest, configDigest, configSize } = image;
  const blobs = [{ digest: configDigest, size: configSize }, ...layers];
  return {
    manifest: {
      mediaType: MEDIA_TYPES.manifest,
      digest: manifestDigest,
      bytes: valueOf(await store.readBlob(manifestDigest)),
    },
    blobs: blobs.map(({ digest, size }, at) => ({
      label: `blob ${at}`,
      blob: { digest, size, open: () => store.blobPieces(digest) },
      mountFrom: [],
    })),
  };
}
