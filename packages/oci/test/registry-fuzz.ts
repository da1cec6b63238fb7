import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { canonicalJson, digestOf, type Digest, type Result } from '@image-tooling/model';
import { startFaultProxy, startRegistry, type FaultProxy, type Step } from '@image-tooling/testkit';
import {
  cleanFailures,
  mutatedJson,
  mutatedValues,
  type FuzzTarget,
  type WatchedFolder,
} from '@image-tooling/testkit/fuzz';
import { valueOf } from '@image-tooling/testkit/helpers';
import { imageIndexJson } from '../src/image/index-json';
import { MEDIA_TYPES } from '../src/image/manifest';
import { openRepository } from '../src/registry/client/client';
import { copyImage } from '../src/registry/images/copy';
import { findPlatformImage } from '../src/registry/images/platform-image';
import { indexBlobs } from '../src/registry/images/index-blobs';
import { pullImage } from '../src/registry/images/pull';
import { openLayoutFolder } from '../src/registry/layout/open';
import { manifestContent } from '../src/registry/manifests/content';
import type { ManifestBytes, Repository } from '../src/registry/port';
import { openStore, type Store } from '../src/index';
import { blobOf, pushedImage } from './registry-helpers';
import { changed, changeOf, type Change } from './registry-fuzz-answers';
import { QUICK } from './registry-transport-helpers';

const PLATFORM = 'linux/amd64';
/** More than any operation needs with all its tries: a server can't keep a client busy. */
const MOST_REQUESTS = 150;
const SECRET = 'planted-secret';
const PATH = 'fuzz/image';

type Case =
  | {
      readonly kind: 'answers';
      readonly operation: string;
      readonly changes: readonly (Change | undefined)[];
    }
  | { readonly kind: 'manifest'; readonly mediaType: string; readonly bytes: Buffer }
  | { readonly kind: 'layout'; readonly bytes: Buffer };

interface Published {
  readonly manifest: ManifestBytes;
  readonly index: ManifestBytes;
}

type Operation = (to: Repository, store: Store, folder: string) => Promise<Result<unknown>>;

const ABSENT: Digest = `sha256:${'0'.repeat(64)}`;

function operationsOf({ manifest, index }: Published): Readonly<Record<string, Operation>> {
  const layer = blobOf(Buffer.from('a layer'));
  const pushed = blobOf(Buffer.from('a blob that is not there'));
  return {
    'head tag': (to) => to.headManifest('latest'),
    'get tag': (to) => to.getManifest('latest'),
    'get digest': (to) => to.getManifest(index.digest),
    tags: (to) => to.listTags(),
    referrers: (to) => to.listReferrers(manifest.digest),
    'has blob': (to) => to.hasBlob(layer.digest),
    'expect blob': (to) => to.expectBlob(layer),
    'verify blob': (to) => to.verifyBlob(layer),
    'index blobs': (to) => indexBlobs(to, index.digest),
    'pull blob': (to, store) => to.pullBlob(layer, store),
    'push blob': (to) => to.pushBlob(pushed, { mountFrom: ['fuzz/other'] }),
    'push in chunks': (to) => to.pushBlob(pushed, { chunkBytes: 5 }),
    'put manifest': (to) => to.putManifest(manifest, 'other'),
    delete: (to) => to.deleteManifest(ABSENT),
    'pull image': (to, store) => pullImage(to, { index: index.digest, platform: PLATFORM, to: store }),
    'find platform': (to) => findPlatformImage(to, index.digest, PLATFORM),
    copy: (to, _, folder) => copyImage(to, openLayoutFolder(join(folder, 'layout')), 'latest'),
  };
}

function casesOf({ manifest, index }: Published, operations: readonly string[]): fc.Arbitrary<Case> {
  const [one, many] = [manifest, index].map(({ bytes }) => Buffer.from(bytes).toString()) as [string, string];
  const errors = '{"errors":[{"code":"DENIED","message":"no","detail":{"a":[1]}}]}';
  const bodies = [one, many, errors, '{"name":"fuzz/image","tags":["latest","other"]}', '{"token":"a"}'];
  const answers = fc.record({
    kind: fc.constant('answers' as const),
    operation: fc.constantFrom(...operations),
    changes: fc.array(fc.option(changeOf(bodies), { nil: undefined, freq: 4 }), {
      minLength: 1,
      maxLength: 5,
    }),
  });
  const manifests = fc.record({
    kind: fc.constant('manifest' as const),
    mediaType: fc.constantFrom(...Object.values(MEDIA_TYPES)),
    bytes: fc
      .oneof(mutatedJson([one, many]), { weight: 4, arbitrary: mutatedValues([one, many]) })
      .map((text) => Buffer.from(text)),
  });
  const layouts = fc.record({
    kind: fc.constant('layout' as const),
    bytes: fc.oneof(mutatedJson([LAYOUT]), mutatedValues([LAYOUT])).map((text) => Buffer.from(text)),
  });
  return fc.oneof({ weight: 3, arbitrary: answers }, manifests, layouts);
}

/** The index.json of a layout. */
const LAYOUT = JSON.stringify({
  schemaVersion: 2,
  manifests: [
    {
      mediaType: MEDIA_TYPES.index,
      digest: ABSENT,
      size: 3,
      annotations: { 'org.opencontainers.image.ref.name': 'latest' },
    },
  ],
});

/** Reads and writes a layout of somebody else's making. */
function layoutOperation({ bytes }: Extract<Case, { kind: 'layout' }>): Operation {
  return async (_to, _store, folder) => {
    const path = join(folder, 'theirs');
    await mkdir(path);
    await writeFile(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(join(path, 'index.json'), bytes);
    const layout = openLayoutFolder(path);
    checkResult(await layout.listTags());
    checkResult(await layout.headManifest('latest'));
    checkResult(await layout.getManifest('latest'));
    checkResult(await layout.listReferrers(ABSENT));
    checkResult(await copyImage(layout, openLayoutFolder(join(folder, 'layout')), 'latest'));
    return layout.deleteManifest(ABSENT);
  };
}

export interface RegistryFuzz {
  readonly target: FuzzTarget<Case>;
  readonly stop: () => Promise<void>;
}

/** Answers of a real registry that were changed on their way, and manifests that name what they like. */
export async function registryFuzz(folder: WatchedFolder, storeFolder: string): Promise<RegistryFuzz> {
  const registry = await startRegistry();
  let changes: (Change | undefined)[] = [];
  const change: Step = async (exchange, next) => {
    const wanted = changes.shift();
    if (wanted) exchange.answerChanges.push((answer) => changed(answer, wanted));
    await next();
  };
  const proxy = await startFaultProxy(registry, { steps: [change] });
  const store = valueOf(await openStore(join(storeFolder, 'store')));
  const published = await publish(openAt(registry.host));
  const operations = operationsOf(published);
  const target: FuzzTarget<Case> = {
    name: 'registry',
    runs: 120,
    values: casesOf(published, Object.keys(operations)),
    show: shownCase,
    check: async (given) => {
      proxy.forget();
      proxy.heal();
      changes = given.kind === 'answers' ? [...given.changes] : [];
      const repository = openAt(proxy.host);
      try {
        const run = operationOf(given, operations, proxy);
        checkResult(await run?.(repository, store, folder.path));
      } finally {
        await repository.close();
        await folder.check();
      }
      if (proxy.requests.length > MOST_REQUESTS) throw new Error(`${proxy.requests.length} requests`);
    },
  };
  return {
    target,
    stop: async () => {
      await Promise.all([proxy.stop(), registry.stop()]);
    },
  };
}

function operationOf(
  given: Case,
  operations: Readonly<Record<string, Operation>>,
  proxy: FaultProxy,
): Operation | undefined {
  if (given.kind === 'answers') return operations[given.operation];
  return given.kind === 'layout' ? layoutOperation(given) : manifestOperation(proxy, given);
}

function openAt(registry: string) {
  return openRepository(
    { registry, path: PATH },
    {
      env: { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: SECRET },
      signal: new AbortController().signal,
      timings: QUICK,
    },
  );
}

async function publish(to: Repository): Promise<Published> {
  const manifest = await pushedImage(to, 'a layer', 'other');
  const descriptor = { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length };
  const bytes = Buffer.from(canonicalJson(imageIndexJson([{ descriptor, platform: PLATFORM }])));
  const index = { mediaType: MEDIA_TYPES.index, digest: digestOf(bytes), bytes };
  valueOf(await to.putManifest(index, 'latest'));
  valueOf(
    await to.attach(descriptor, {
      artifactType: 'application/vnd.example.mark',
      annotations: { a: 'b' },
      content: [],
    }),
  );
  return { manifest, index };
}

/** Reads a manifest in every way; the registry says that it has it, under its true digest. */
function manifestOperation(
  proxy: FaultProxy,
  { mediaType, bytes }: Extract<Case, { kind: 'manifest' }>,
): Operation {
  const digest = digestOf(bytes);
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest };
  proxy.fault({
    path: new RegExp(`/manifests/${digest}$`),
    fault: { kind: 'answer', status: 200, headers, body: bytes },
  });
  return async (to, store, folder) => {
    checkResult(manifestContent({ mediaType, digest, bytes }));
    checkResult(await findPlatformImage(to, digest, PLATFORM));
    checkResult(await copyImage(to, openLayoutFolder(join(folder, 'layout')), digest));
    return pullImage(to, { index: digest, platform: PLATFORM, to: store });
  };
}

function checkResult(result: Result<unknown> | undefined): void {
  if (!result) throw new Error('no such operation');
  cleanFailures(result);
  if (JSON.stringify(result).includes(SECRET)) throw new Error('a failure that shows the password');
}

function shownCase(given: Case): string {
  return JSON.stringify(given, (_, value: unknown) => {
    const { type, data } = Object(value) as { type?: unknown; data?: unknown };
    return type === 'Buffer' ? Buffer.from(data as number[]).toString('latin1') : value;
  });
}
