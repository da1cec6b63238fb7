import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { canonicalJson, digestOf, hexOf, type Digest } from '@image-tooling/model';
import { startFaultProxy, startRegistry, type RealRegistry } from '@image-tooling/testkit';
import { codesOf, failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { imageIndexJson } from '../src/image/index-json';
import { MEDIA_TYPES, type Descriptor } from '../src/image/manifest';
import { copyImage } from '../src/registry/images/copy';
import { openLayoutFolder } from '../src/registry/layout/open';
import type { Repository } from '../src/registry/port';
import { temporaryStore } from './helpers';
import { opened, pushedImage } from './registry-helpers';

let registry: RealRegistry;
let other: RealRegistry;
beforeAll(async () => {
  [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
});
afterAll(() => Promise.all([registry.stop(), other.stop()]));

let counter = 0;
const repository = (at = registry) => opened(at.host, `copy/name-${counter++}`);

interface Published {
  readonly index: Descriptor;
  readonly platforms: readonly Descriptor[];
}

const mark = (of: string) => ({
  artifactType: 'application/vnd.example.mark',
  annotations: { of },
  content: [{ mediaType: 'text/plain', bytes: Buffer.from(`mark of ${of}`) }],
});

/** An index of two platforms; index, one platform and one of the marks have marks. */
async function published(to: Repository, tag: string): Promise<Published> {
  const platforms: Descriptor[] = [];
  for (const content of ['amd64', 'arm64']) {
    const { digest, mediaType, bytes } = await pushedImage(to, content);
    platforms.push({ digest, mediaType, size: bytes.length });
  }
  const json = imageIndexJson([
    { descriptor: platforms[1]!, platform: 'linux/arm64' },
    { descriptor: platforms[0]!, platform: 'linux/amd64' },
  ]);
  const bytes = Buffer.from(canonicalJson(json));
  const index = { mediaType: MEDIA_TYPES.index, digest: digestOf(bytes), size: bytes.length };
  valueOf(await to.putManifest({ ...index, bytes }, tag));
  const onIndex = valueOf(await to.attach(index, mark('index')));
  valueOf(await to.attach(platforms[0]!, mark('platform')));
  valueOf(await to.attach(onIndex, mark('mark')));
  return { index, platforms };
}

/** What is attached to a manifest, and to that in turn. */
async function marksOf(at: Repository, subject: Digest): Promise<string[]> {
  const referrers = valueOf(await at.listReferrers(subject));
  const nested = await Promise.all(referrers.map(({ digest }) => marksOf(at, digest)));
  return [...referrers.map(({ annotations }) => annotations['of'] ?? ''), ...nested.flat()];
}

async function expectWhole(at: Repository, { index, platforms }: Published, tag: string): Promise<void> {
  expect(valueOf(await at.headManifest(tag))).toEqual(index);
  const store = await temporaryStore();
  for (const { digest } of platforms) {
    const manifest = valueOf(await at.getManifest(digest))!;
    const { config, layers } = JSON.parse(Buffer.from(manifest.bytes).toString()) as {
      config: Descriptor;
      layers: Descriptor[];
    };
    for (const blob of [config, ...layers]) valueOf(await at.pullBlob(blob, store));
  }
  expect(await marksOf(at, index.digest)).toEqual(['index', 'mark']);
  expect(await marksOf(at, platforms[0]!.digest)).toEqual(['platform']);
}

describe('a copy', () => {
  it('to another registry copies everything; a second one nothing', async () => {
    const [from, to] = [repository(), repository(other)];
    const image = await published(from, 'v1');
    const report = valueOf(await copyImage(from, to, 'v1'));
    await expectWhole(to, image, 'v1');
    expect(report).toMatchObject({ root: image.index, tag: 'v1' });
    expect(report.manifests.map(({ how }) => how)).toEqual(Array(6).fill('pushed'));
    to.requests.length = 0;
    const again = valueOf(await copyImage(from, to, 'v1'));
    expect(again.manifests.map(({ how }) => how)).toEqual(Array(6).fill('present'));
    expect(again.blobs).toEqual([]);
    expect(to.requests.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
  });

  it('within a registry sends no blob', async () => {
    const [from, to] = [repository(), repository()];
    const image = await published(from, 'v1');
    const { blobs } = valueOf(await copyImage(from, to, 'v1', { tag: 'v2' }));
    await expectWhole(to, image, 'v2');
    expect(valueOf(await to.headManifest('v1'))).toBeUndefined();
    expect(blobs.map(({ sentBytes }) => sentBytes)).toEqual(blobs.map(() => 0));
    expect(new Set(blobs.map(({ how }) => how))).toEqual(new Set(['mounted', 'present']));
  });

  it('by digest writes no tag, and without referrers none of them', async () => {
    const [from, to] = [repository(), repository(other)];
    const { index } = await published(from, 'v1');
    valueOf(await copyImage(from, to, index.digest, { withReferrers: false }));
    expect(valueOf(await to.headManifest(index.digest))).toEqual(index);
    expect(valueOf(await to.listTags())).toEqual([]);
    expect(valueOf(await to.listReferrers(index.digest))).toEqual([]);
  });

  it('of a missing image fails, and writes nothing', async () => {
    const [from, to] = [repository(), repository(other)];
    expect(codesOf(await copyImage(from, to, 'none'))).toEqual(['gone']);
    expect(to.requests).toEqual([]);
  });

  it('that was stopped at any write is completed by the next', async () => {
    const from = repository();
    const image = await published(from, 'v1');
    const proxy = await startFaultProxy(other);
    onTestFinished(() => proxy.stop());
    for (let nth = 1; ; nth += 3) {
      const stop = new AbortController();
      const to = opened(proxy.host, `copy/stopped-${nth}`, { signal: stop.signal });
      const work = () => stop.abort();
      proxy.fault({ method: /PUT/, nth, times: 1, fault: { kind: 'run', when: 'answered', work } });
      const first = await copyImage(from, to, 'v1');
      proxy.heal();
      const again = opened(proxy.host, `copy/stopped-${nth}`);
      if (first.ok) {
        expect(nth).toBeGreaterThan(10);
        return;
      }
      expect(codesOf(first)).toEqual(['aborted']);
      valueOf(await copyImage(from, again, 'v1'));
      await expectWhole(again, image, 'v1');
    }
  });

  it('fails on altered bytes', async () => {
    const [from, to] = [repository(other), repository()];
    const { digest, bytes } = await pushedImage(from, 'to be altered', 'v1');
    const layer = (JSON.parse(Buffer.from(bytes).toString()) as { layers: Descriptor[] }).layers[0]!;
    writeFileSync(other.blobFile(layer.digest), 'is now altered');
    expect(codesOf(await copyImage(from, to, 'v1'))).toEqual(['checksum']);
    expect(valueOf(await to.hasBlob(layer.digest))).toBe(false);
    expect(valueOf(await to.headManifest(digest))).toBeUndefined();
  });
});

describe('an OCI folder', () => {
  const folder = () => openLayoutFolder(join(temporaryFolder(), 'deep/layout'));

  it('holds an image with its referrers, which can be copied back', async () => {
    const [from, layout, to] = [repository(), folder(), repository(other)];
    const image = await published(from, 'v1');
    valueOf(await copyImage(from, layout, 'v1'));
    await layout.close();
    await expectWhole(layout, image, 'v1');
    const again = valueOf(await copyImage(from, layout, 'v1'));
    expect(again.manifests.map(({ how }) => how)).toEqual(Array(6).fill('present'));
    valueOf(await copyImage(layout, to, 'v1'));
    await expectWhole(to, image, 'v1');
    const path = layout.name.path;
    expect(readdirSync(path).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    for (const hex of readdirSync(join(path, 'blobs/sha256')))
      expect(hexOf(digestOf(readFileSync(join(path, 'blobs/sha256', hex))))).toBe(hex);
  });

  it('holds several images by name', async () => {
    const [from, layout] = [repository(), folder()];
    const one = await pushedImage(from, 'one', 'v1');
    const two = await pushedImage(from, 'two', 'v2');
    valueOf(await copyImage(from, layout, 'v1'));
    valueOf(await copyImage(from, layout, 'v2'));
    expect(valueOf(await layout.listTags())).toEqual(['v1', 'v2']);
    valueOf(await copyImage(from, layout, 'v2', { tag: 'v1' }));
    expect(valueOf(await layout.headManifest('v1'))?.digest).toBe(two.digest);
    expect(valueOf(await layout.headManifest(one.digest))?.digest).toBe(one.digest);
    expect(valueOf(await layout.deleteManifest(one.digest))).toBe(true);
    expect(valueOf(await layout.deleteManifest(one.digest))).toBe(false);
  });

  it('is read by skopeo, and one that skopeo wrote is read', async () => {
    const [from, layout, to] = [repository(), folder(), repository(other)];
    const { index } = await published(from, 'v1');
    valueOf(await copyImage(from, layout, 'v1'));
    const raw = execFileSync('skopeo', ['inspect', '--raw', `oci:${layout.name.path}:v1`]);
    expect(digestOf(raw)).toBe(index.digest);
    const path = join(temporaryFolder(), 'skopeo');
    const source = `docker://${registry.host}/${from.name.path}:v1`;
    execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', '--all', '--preserve-digests', '--src-tls-verify=false', source, `oci:${path}:x`]); // prettier-ignore
    valueOf(await copyImage(openLayoutFolder(path), to, 'x'));
    expect(valueOf(await to.headManifest('x'))).toEqual(index);
  });

  it('is created only if nothing else is there', async () => {
    const path = temporaryFolder();
    mkdirSync(join(path, 'mine'));
    const from = repository();
    await pushedImage(from, 'one', 'v1');
    expect(codesOf(await copyImage(from, openLayoutFolder(path), 'v1'))).toEqual(['usage']);
    expect(readdirSync(path)).toEqual(['mine']);
  });

  it('that was altered, or has something else for a manifest, is detected', async () => {
    const [from, layout] = [repository(), folder()];
    const { digest } = await pushedImage(from, 'one', 'v1');
    valueOf(await copyImage(from, layout, 'v1'));
    const { path } = layout.name;
    writeFileSync(join(path, 'blobs/sha256', hexOf(digest)), 'other');
    expect(codesOf(await layout.getManifest('v1'))).toEqual(['checksum']);
    writeFileSync(join(path, 'index.json'), 'no JSON');
    expect(codesOf(await layout.getManifest('v1'))).toEqual(['image-format']);
    expect(valueOf(await openLayoutFolder(join(path, 'none')).getManifest('v1'))).toBeUndefined();
  });
});

describe('a blob that its source returns altered', () => {
  const WRONG = { method: 'GET', path: /\/blobs\/sha256:/ } as const;

  it('is refused, and the source is named', async () => {
    const proxy = await startFaultProxy(registry);
    onTestFinished(() => proxy.stop());
    const from = opened(proxy.host, 'copy/wrong');
    await pushedImage(from, 'a layer', 'v1');
    proxy.fault({ ...WRONG, fault: { kind: 'flip-bit', at: 1 } });
    const to = repository(other);
    const [failure] = failuresOf(await copyImage(from, to, 'v1'));
    expect(failure).toMatchObject({ code: 'checksum' });
    expect(failure.message).toContain(`${proxy.host}/copy/wrong gave wrong bytes`);
    expect(valueOf(await to.listTags())).toEqual([]);
  });
});
