import { join } from 'node:path';
import type { Failure, Result } from '@image-tooling/model';
import { parseRepository } from '@image-tooling/oci';
import { pushPlainBlob, pushPlainManifest, type RegistryAddress } from '@image-tooling/testkit';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import type { RegistryAccess, RegistryTarget } from '../src/registry';

/** A run of a command: its output, and a store of its own. */
export interface TestAccess extends RegistryAccess {
  readonly notes: string[];
}

export function testAccess(env: NodeJS.ProcessEnv = {}): TestAccess {
  const notes: string[] = [];
  const nothing = (): void => undefined;
  const step = { status: nothing, output: nothing, done: nothing, failed: nothing };
  const progress = { step: () => step, note: (line: string) => void notes.push(line) };
  return {
    env: { IMAGE_STORE: join(temporaryFolder(), 'store'), ...env },
    context: { signal: new AbortController().signal, progress },
    plainHttp: false,
    notes,
  };
}

export function targetAt(host: string, path: string, access: RegistryAccess = testAccess()): RegistryTarget {
  const asked = `${host}/${path}`;
  return { repository: valueOf(parseRepository(asked)), asked, access };
}

export interface TestIndex {
  /** Of the index. */
  readonly digest: string;
  readonly size: number;
  /** Of the platforms' manifests. */
  readonly platforms: readonly string[];
}

const OCI = 'application/vnd.oci.image';

/**
 * Pushes an index of two platforms, each of one layer, by plain HTTP, under one tag or several. Same content:
 * not at once.
 */
export async function pushIndex(
  registry: RegistryAddress,
  repository: string,
  tags: string | readonly string[],
  {
    content,
    annotations = {},
  }: { readonly content: string; readonly annotations?: Readonly<Record<string, string>> },
): Promise<TestIndex> {
  const manifests = await Promise.all(
    ['amd64', 'arm64'].map(async (architecture) => ({
      mediaType: `${OCI}.manifest.v1+json`,
      ...(await pushPlatform(registry, repository, `${content} ${architecture}`)),
      platform: { os: 'linux', architecture },
    })),
  );
  const json = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests, annotations };
  const digests = [];
  for (const tag of [tags].flat()) digests.push(await pushPlainManifest(registry, repository, json, tag));
  const digest = String(digests[0]);
  return { digest, size: JSON.stringify(json).length, platforms: manifests.map((one) => one.digest) };
}

/** By digest alone: no tag leads to it. */
async function pushPlatform(
  registry: RegistryAddress,
  repository: string,
  content: string,
): Promise<{ digest: string; size: number }> {
  const layer = Buffer.from(content);
  const config = Buffer.from(
    JSON.stringify({ architecture: content, os: 'linux', rootfs: { type: 'layers' } }),
  );
  const [configRow, layerRow] = await Promise.all([
    pushed(registry, repository, config, `${OCI}.config.v1+json`),
    pushed(registry, repository, layer, `${OCI}.layer.v1.tar`),
  ]);
  const json = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: configRow,
    layers: [layerRow],
  };
  return { digest: await pushPlainManifest(registry, repository, json), size: JSON.stringify(json).length };
}

async function pushed(registry: RegistryAddress, repository: string, bytes: Buffer, mediaType: string) {
  return { mediaType, digest: await pushPlainBlob(registry, repository, bytes), size: bytes.length };
}

/** Returns the only failure of a failed result. */
export function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error(`unexpected success: ${JSON.stringify(result.value)}`);
  return result.failures[0];
}
