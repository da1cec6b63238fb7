import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { digestOf, type DigestFile, type ImageLock } from '@image-tooling/model';
import { fileEntry, type TarEntry } from '@image-tooling/layer';
import { openStore, writeLayer } from '@image-tooling/oci';
import {
  createRig,
  pushPlainBlob,
  pushPlainManifest,
  steady,
  type RegistryAddress,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { expect, onTestFinished } from 'vitest';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';

const DOCKER = 'application/vnd.docker';
const SHORT_TIMEOUTS = { IMAGE_HTTP_TIMEOUT_SECONDS: '2', IMAGE_HTTP_TRIES: '1' };
const CONFIG = {
  Env: ['PATH=/bin', 'COLOUR=blue=green'],
  Entrypoint: ['/bin/app'],
  User: '65532',
  WorkingDir: '/data',
  Labels: { vendor: 'somebody' },
  Volumes: { '/data': {} },
};

/** Tars, and what is sent of them. */
export type BaseLayers = readonly { readonly tar: Buffer; readonly blob: Buffer }[];

/** Gzipped tars, as another builder writes them. */
export async function layersOf(...layers: readonly TarEntry[][]): Promise<BaseLayers> {
  const store = valueOf(await openStore(temporaryFolder()));
  return Promise.all(
    layers.map(async (entries) => {
      const { layer } = valueOf(await writeLayer(entries, { compression: 'none', store }));
      const tar = await readFile(store.blobPath(layer.digest));
      return { tar, blob: gzipSync(tar, { level: 1 }) };
    }),
  );
}

/** Pushes a Docker image of one platform by plain HTTP, also under a tag. Gives its digest and those of its layers. */
export async function pushDocker(
  registry: RegistryAddress,
  path: string,
  layers: BaseLayers,
  { config = {}, tag }: { readonly config?: object; readonly tag?: string } = {},
) {
  const diffIds = layers.map(({ tar }) => digestOf(tar));
  const bytes = Buffer.from(
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      created: '2024-05-06T07:08:09.123Z',
      config: CONFIG,
      rootfs: { type: 'layers', diff_ids: diffIds },
      ...config,
    }),
  );
  const rows = [];
  for (const { blob } of layers)
    rows.push({
      mediaType: `${DOCKER}.image.rootfs.diff.tar.gzip`,
      digest: await pushPlainBlob(registry, path, blob),
      size: blob.length,
    });
  const json = {
    schemaVersion: 2,
    mediaType: `${DOCKER}.distribution.manifest.v2+json`,
    config: {
      mediaType: `${DOCKER}.container.image.v1+json`,
      digest: await pushPlainBlob(registry, path, bytes),
      size: bytes.length,
    },
    layers: rows,
  };
  const digest = await pushPlainManifest(registry, path, json, tag);
  return { digest, size: JSON.stringify(json).length, layers: rows.map((row) => row.digest) };
}

/** Pushes a list that has one image for each of the platforms. Gives its digest. */
export function pushDockerList(
  registry: RegistryAddress,
  path: string,
  { digest, size }: { readonly digest: string; readonly size: number },
  platforms: readonly string[],
): Promise<string> {
  const mediaType = `${DOCKER}.distribution.manifest.v2+json`;
  const manifests = platforms.map((platform) => {
    const [os, architecture] = platform.split('/');
    return { mediaType, digest, size, platform: { os, architecture } };
  });
  const list = { schemaVersion: 2, mediaType: `${DOCKER}.distribution.manifest.list.v2+json`, manifests };
  return pushPlainManifest(registry, path, list);
}

export const APP = () => layersOf([fileEntry('bin/app', 'static', { mode: 0o755 })]);

/** Returns a workspace with one image on a base. */
export async function workspaceOn(reference: string, image: object = {}): Promise<WorkspaceRig> {
  const rig = await createRig();
  onTestFinished(() => rig.remove());
  await rig.write('images/app/image.json', {
    description: 'On a base',
    from: { registry: reference },
    platforms: ['linux/amd64'],
    ...image,
  });
  return rig;
}

export async function read<T>(rig: WorkspaceRig, file: string): Promise<T> {
  return JSON.parse(await readFile(join(rig.folder, 'images', file), 'utf8')) as T;
}

export const lockOf = async (rig: WorkspaceRig) =>
  (await read<ImageLock>(rig, 'app/lock.json')).platforms['linux/amd64'];

/** Returns the output of a command that must fail; it needs only this machine's network. */
export async function seen(
  rig: WorkspaceRig,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { exitCode, stderr } = await rig.run(args, { ...SHORT_TIMEOUTS, ...env });
  expect(exitCode).toBe(1);
  return steady(stderr, rig);
}

export async function built(rig: WorkspaceRig): Promise<DigestFile> {
  await rig.must(['build', 'app']);
  return read<DigestFile>(rig, 'app/dist/linux-amd64/digest.json');
}

/** Media types of the layers, and the labels, of the image as it leaves the store. */
export async function exported(rig: WorkspaceRig) {
  const folder = join(rig.folder, 'out');
  await rig.must(['load', 'app', `--to=oci:${folder}`]);
  const json = async <T>(digest: string) =>
    JSON.parse(await readFile(join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), 'utf8')) as T;
  const { manifest, config } = await read<DigestFile>(rig, 'app/dist/linux-amd64/digest.json');
  const { layers } = await json<{ layers: { mediaType: string }[] }>(manifest);
  const { config: runtime } = await json<{ config: { Labels: Record<string, string> } }>(config);
  return { layers: layers.map(({ mediaType }) => mediaType), labels: runtime.Labels };
}
