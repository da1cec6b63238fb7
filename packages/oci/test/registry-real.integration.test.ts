import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '@image-tooling/model';
import { startRegistry, type RealRegistry, type Step } from '@image-tooling/testkit';
import { codesOf, failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { manifestJson, MEDIA_TYPES } from '../src/image/manifest';
import { openLayoutFolder } from '../src/registry/layout/open';
import { storedBlob } from '../src/registry/blobs/stored';
import { temporaryStore } from './helpers';
import { behindProxy } from './registry-faults-helpers';
import { blobOf, opened, pushedImage } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

let counter = 0;
const repository = () => opened(registry.host, `team/name-${counter++}`);

describe('manifests', () => {
  it('are put by digest or tag, and read back unchanged', async () => {
    const to = repository();
    expect(valueOf(await to.headManifest('v1'))).toBeUndefined();
    expect(valueOf(await to.getManifest('v1'))).toBeUndefined();
    const { digest, bytes } = await pushedImage(to, 'layer', 'v1');
    for (const reference of ['v1', digest]) {
      expect(valueOf(await to.headManifest(reference))).toEqual({
        mediaType: MEDIA_TYPES.manifest,
        digest,
        size: bytes.length,
      });
      expect(valueOf(await to.getManifest(reference))).toEqual({
        mediaType: MEDIA_TYPES.manifest,
        digest,
        bytes,
      });
    }
    expect(valueOf(await to.deleteManifest(digest))).toBe(true);
    expect(valueOf(await to.deleteManifest(digest))).toBe(false);
    expect(valueOf(await to.headManifest(digest))).toBeUndefined();
  });

  it('with missing blobs are refused, in the registry’s words', async () => {
    const bytes = Buffer.from(
      canonicalJson(manifestJson({ mediaType: MEDIA_TYPES.config, digest: digestOf('none'), size: 4 }, [])),
    );
    const manifest = { mediaType: MEDIA_TYPES.manifest, digest: digestOf(bytes), bytes };
    const result = await repository().putManifest(manifest);
    expect(codesOf(result)).toEqual(['http-status']);
    expect(failuresOf(result)[0].message).toContain('BLOB_UNKNOWN');
  });
});

/** Lets the event loop turn ten times before it takes the next piece of a body. */
const readsSlowly: Step = async (exchange, next) => {
  exchange.bodyChanges.push(async function* (body) {
    for await (const piece of body) {
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      yield piece;
    }
  });
  return next();
};

describe('blobs', () => {
  it.each([0, 1, 3_000_000])('of %i bytes are read back unchanged', async (size) => {
    const to = repository();
    const bytes = randomBytes(size);
    const blob = blobOf(bytes);
    expect(valueOf(await to.hasBlob(blob.digest))).toBe(false);
    expect(valueOf(await to.pushBlob(blob))).toMatchObject({ how: 'pushed', sentBytes: size });
    expect(valueOf(await to.pushBlob(blob))).toMatchObject({ how: 'present', sentBytes: 0 });
    const store = await temporaryStore();
    valueOf(await to.pullBlob(blob, store));
    expect(valueOf(await store.readBlob(blob.digest)).equals(bytes)).toBe(true);
  });

  it('are mounted from another repository that has them', async () => {
    const from = repository();
    const blob = blobOf(randomBytes(1000));
    valueOf(await from.pushBlob(blob));
    const to = repository();
    const mountFrom = ['team/none', from.name.path];
    expect(valueOf(await to.pushBlob(blob, { mountFrom }))).toMatchObject({ how: 'mounted', sentBytes: 0 });
    expect(valueOf(await to.hasBlob(blob.digest))).toBe(true);
  });

  it('with a wrong digest are refused', async () => {
    const to = repository();
    const good = blobOf(randomBytes(200_000));
    const failing = {
      ...good,
      async *open() {
        yield* good.open();
        throw new Error('altered');
      },
    };
    await expect(to.pushBlob(failing)).rejects.toThrow('altered');
    const wrong = { ...good, digest: digestOf('other') };
    expect(codesOf(await to.pushBlob(wrong))).toEqual(['checksum']);
    for (const size of [good.size - 1, good.size + 1])
      expect(codesOf(await to.pushBlob({ ...good, size }))).toEqual(['checksum']);
    expect(await registry.blobs()).not.toContain(good.digest);
  });

  it('of the store arrive as they are at a registry that reads slowly', async () => {
    const store = await temporaryStore();
    // More than socket buffers take; its pieces share two buffers.
    const blob = valueOf(await store.putBlobFromBytes(randomBytes(16_000_000)));
    const { to } = await behindProxy(registry, [readsSlowly]);
    expect(valueOf(await to.pushBlob(storedBlob(store, blob))).sentBytes).toBe(blob.size);
    valueOf(await to.verifyBlob(blob));
  });

  it('are checked without being stored: by all their bytes, or by their size', async () => {
    const to = repository();
    const blob = blobOf(randomBytes(3_000_000));
    expect(codesOf(await to.verifyBlob(blob))).toEqual(['gone']);
    expect(codesOf(await to.expectBlob(blob))).toEqual(['gone']);
    valueOf(await to.pushBlob(blob));
    valueOf(await to.verifyBlob(blob));
    valueOf(await to.expectBlob(blob));
    writeFileSync(registry.blobFile(blob.digest), randomBytes(blob.size));
    expect(codesOf(await to.verifyBlob(blob))).toEqual(['checksum']);
    expect((await to.expectBlob(blob)).ok).toBe(true);
    writeFileSync(registry.blobFile(blob.digest), randomBytes(blob.size - 1));
    expect(codesOf(await to.verifyBlob(blob))).toEqual(['truncated']);
    expect(codesOf(await to.expectBlob(blob))).toEqual(['checksum']);
  });

  it('altered in the registry are not stored', async () => {
    const to = repository();
    const bytes = randomBytes(1000);
    const blob = blobOf(bytes);
    valueOf(await to.pushBlob(blob));
    const store = await temporaryStore();
    bytes[500]! ^= 1;
    writeFileSync(registry.blobFile(blob.digest), bytes);
    expect(codesOf(await to.pullBlob(blob, store))).toEqual(['checksum']);
    writeFileSync(registry.blobFile(blob.digest), bytes.subarray(1));
    expect(codesOf(await to.pullBlob(blob, store))).toEqual(['truncated']);
    expect(await store.hasBlob(blob.digest)).toBe(false);
    expect(codesOf(await to.pullBlob({ digest: digestOf('none'), size: 1 }, store))).toEqual(['gone']);
  });
});

it('a dry run changes nothing', async () => {
  const to = repository();
  const dry = opened(registry.host, to.name.path, { dryRun: true });
  const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
  const before = await registry.files();
  await pushedImage(dry, 'other layer', 'v2');
  const artifact = {
    artifactType: 'a/b',
    content: [{ mediaType: 'text/plain', bytes: Buffer.from('mark') }],
  };
  valueOf(await dry.attach({ digest, mediaType, size: bytes.length }, artifact));
  expect(await registry.files()).toEqual(before);
  expect(dry.requests.filter(({ method }) => method === 'PUT').length).toBeGreaterThan(4);
});

describe('tags', () => {
  it('are all listed; none of a missing repository', async () => {
    const to = repository();
    expect(valueOf(await to.listTags())).toEqual([]);
    const manifest = await pushedImage(to, 'layer', 'a');
    for (const tag of ['b', 'c']) valueOf(await to.putManifest(manifest, tag));
    expect(valueOf(await to.listTags()).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('referrers, on a registry without the API', () => {
  const artifact = (n: number) => ({
    artifactType: 'application/vnd.example.mark',
    annotations: { n: String(n) },
    content: [{ mediaType: 'text/plain', bytes: Buffer.from(`mark ${n}`) }],
  });

  it('are listed in order; attaching one again writes nothing', async () => {
    const to = repository();
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    const subject = { digest, mediaType, size: bytes.length };
    expect(valueOf(await to.listReferrers(digest))).toEqual([]);
    const first = valueOf(await to.attach(subject, artifact(1)));
    const empty = { artifactType: 'application/vnd.example.empty', content: [] };
    const second = valueOf(await to.attach(subject, empty));
    to.requests.length = 0;
    expect(valueOf(await to.attach(subject, artifact(1)))).toEqual(first);
    expect(to.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
    expect(valueOf(await to.listReferrers(digest))).toEqual([
      { ...first, artifactType: 'application/vnd.example.mark', annotations: { n: '1' } },
      { ...second, artifactType: 'application/vnd.example.empty', annotations: {} },
    ]);
  });

  it('twenty at once are all kept', async () => {
    const to = repository();
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    const subject = { digest, mediaType, size: bytes.length };
    const clients = [to, opened(registry.host, to.name.path)];
    const attached = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => valueOf(await clients[n % 2]!.attach(subject, artifact(n)))),
    );
    const listed = valueOf(await to.listReferrers(digest)).map((one) => one.digest);
    expect(listed.sort()).toEqual(attached.map((one) => one.digest).sort());
  });

  it('that are detached are listed no more, and the others stay', async () => {
    const layout = openLayoutFolder(temporaryFolder());
    for (const to of [repository(), layout]) {
      const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
      const subject = { digest, mediaType, size: bytes.length };
      const [one, two, three] = [
        valueOf(await to.attach(subject, artifact(1))).digest,
        valueOf(await to.attach(subject, artifact(2))).digest,
        valueOf(await to.attach(subject, artifact(3))).digest,
      ];
      valueOf(await to.detach(digest, []));
      valueOf(await to.detach(digest, [one, three]));
      expect(valueOf(await to.listReferrers(digest)).map((each) => each.digest)).toEqual([two]);
      expect(valueOf(await to.headManifest(one))).toBeUndefined();
      valueOf(await to.detach(digest, [one, two]));
      expect(valueOf(await to.listReferrers(digest))).toEqual([]);
      valueOf(await to.attach(subject, artifact(1)));
      expect(valueOf(await to.listReferrers(digest)).map((each) => each.digest)).toEqual([one]);
    }
    await layout.close();
  });

  it('that were deleted do not prevent a new one', async () => {
    const to = repository();
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    const subject = { digest, mediaType, size: bytes.length };
    const [first] = [valueOf(await to.attach(subject, artifact(1)))];
    valueOf(await to.deleteManifest(first.digest));
    const second = valueOf(await to.attach(subject, artifact(2)));
    expect(valueOf(await to.listReferrers(digest)).map((one) => one.digest)).toContain(second.digest);
    valueOf(await to.attach(subject, artifact(1)));
    expect(valueOf(await to.headManifest(first.digest))).toEqual(first);
  });
});
