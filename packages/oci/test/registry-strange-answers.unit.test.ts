import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, type Digest, type Json } from '@image-tooling/model';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { pullImage } from '../src';
import { copyImage } from '../src/registry/images/copy';
import { findPlatformImage } from '../src/registry/images/platform-image';
import { openLayoutFolder } from '../src/registry/layout/open';
import { firstFailure, temporaryStore } from './helpers';
import { blobOf, opened } from './registry-helpers';
import { listen, QUICK, serve } from './registry-transport-helpers';

const OCI = 'application/vnd.oci.image';
const BLOB = blobOf(Buffer.from('a blob'));

/** A server that answers every request with these bytes. */
async function sending(bytes: string): Promise<string> {
  const server = createServer((socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end(bytes)),
  );
  return `127.0.0.1:${await listen(server, '127.0.0.1')}`;
}

const to = (host: string) => opened(host, 'team/name', { timings: QUICK });

describe('an answer that is not HTTP', () => {
  it.each([
    'SSH-2.0-OpenSSH\r\n',
    '<html>\r\n\r\n',
    'HTTP/1.1 abc\r\n\r\n',
    'HTTP/1.1 200 OK\r\na b: c\r\n\r\n',
  ])('is reported as such: %j', async (bytes) => {
    const host = await sending(bytes);
    const { code, message, hint } = firstFailure(await to(host).listTags());
    expect(code).toBe('network');
    expect(message).toContain(`${host} gave an answer that is not HTTP (`);
    expect(hint).toContain('Check that this is the address of a registry.');
  });

  it('is reported within the body of a blob: a chunk without a size', async () => {
    const host = await sending(
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\na \r\nzz\r\nblob\r\n',
    );
    const failure = firstFailure(await to(host).pullBlob(BLOB, await temporaryStore()));
    expect(failure.message).toContain('gave an answer that is not HTTP (Invalid character in chunk size)');
  });
});

describe('an invalid address', () => {
  it.each(['http://127.0.0.1:70000/', 'http://[', 'http://'])('is refused: %s', async (location) => {
    const server = await serve(({ method, url = '' }, response) => {
      if (method === 'HEAD') response.writeHead(404).end();
      else if (method === 'POST') response.writeHead(202, { location }).end();
      else if (url.includes('tags'))
        response.writeHead(200, { link: `<${location}>; rel="next"` }).end('{"tags":[]}');
      else response.writeHead(307, { location }).end();
    });
    const registry = to(server.host);
    const texts = await Promise.all([
      registry.pushBlob(BLOB),
      registry.pushBlob(BLOB, { mountFrom: ['team/other'] }),
      registry.pullBlob(BLOB, await temporaryStore()),
      registry.listTags(),
    ]);
    for (const result of texts) {
      const { code, message } = firstFailure(result);
      expect(code).toBe('http-status');
      expect(message).toContain('invalid URL');
    }
  });
});

describe('an incomplete list of tags', () => {
  it.each([
    [
      'a broken link',
      { link: '</v2/team/name/tags/list?last=a; rel="next"' },
      200,
      '{"tags":["b"]}',
      'Link header',
    ],
    ['a second page that is gone', { link: '<?last=a>; rel="next"' }, 404, '', 'page 2 is missing (404)'],
    ['a page without tags', { link: '<?last=a>; rel="next"' }, 200, '{"errors":[]}', 'no list of tags'],
    ['a tag that is no text', { link: '<?last=a>; rel="next"' }, 200, '{"tags":[1]}', 'no list of tags'],
  ])('is a failure: %s', async (_, headers, status, second, why) => {
    const server = await serve(({ url = '' }, response) =>
      url.includes('last')
        ? response.writeHead(status).end(second)
        : response.writeHead(200, headers).end('{"tags":["a"]}'),
    );
    const failure = firstFailure(await to(server.host).listTags());
    expect(failure.message).toContain(why);
  });
});

interface Served {
  readonly mediaType: string;
  readonly json: Json;
}

const digestIn = ({ json }: Served): Digest => digestOf(canonicalJson(json));
const row = (served: Served) => ({
  mediaType: served.mediaType,
  digest: digestIn(served),
  size: Buffer.byteLength(canonicalJson(served.json)),
});

/** A registry with these manifests, the last one as "latest". */
async function holding(...manifests: readonly Served[]) {
  const server = await serve(({ url = '' }, response) => {
    const found = manifests.find((one) => url.endsWith(digestIn(one))) ?? manifests.at(-1)!;
    if (!url.endsWith(digestIn(found)) && !url.endsWith('/latest')) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': found.mediaType }).end(canonicalJson(found.json));
  });
  return to(server.host);
}

const index = (manifests: Json): Served => ({
  mediaType: `${OCI}.index.v1+json`,
  json: { schemaVersion: 2, manifests },
});

describe('a manifest that is not an image', () => {
  const docker = 'application/vnd.docker.distribution.manifest';
  it.each<[string, Served, string]>([
    [
      'schema 1',
      { mediaType: `${docker}.v1+prettyjws`, json: { schemaVersion: 1, fsLayers: [] } },
      'schema 1',
    ],
    ['schema 1 as plain JSON', { mediaType: 'application/json', json: { schemaVersion: 1 } }, 'schema 1'],
    [
      'no layers',
      { mediaType: `${docker}.v2+json`, json: { schemaVersion: 2, config: null } },
      'no list "layers"',
    ],
    [
      'layers of no kind',
      { mediaType: `${OCI}.manifest.v1+json`, json: { config: {}, layers: {} } },
      '"layers"',
    ],
    [
      'an invalid layer',
      { mediaType: `${OCI}.manifest.v1+json`, json: { config: null, layers: [null] } },
      'is not a descriptor',
    ],
    [
      'an index of nothing',
      { mediaType: `${OCI}.index.v1+json`, json: { schemaVersion: 2 } },
      'no list "manifests"',
    ],
    ['an index of null', index([null]), 'is not a descriptor'],
    ['an unknown format', { mediaType: 'application/x', json: { schemaVersion: 2 } }, 'unknown format'],
  ])('is not copied: %s', async (_, served, why) => {
    const folder = openLayoutFolder(`${temporaryFolder()}/copy`);
    const { code, message } = firstFailure(await copyImage(await holding(served), folder, 'latest'));
    expect(code).toBe('image-format');
    expect(message).toContain(why);
    expect(valueOf(await folder.listTags())).toEqual([]);
  });

  it('is not copied if indexes list indexes without end', async () => {
    const nested: Served[] = [index([])];
    while (nested.length < 30) nested.push(index([row(nested.at(-1)!)]));
    const folder = openLayoutFolder(`${temporaryFolder()}/copy`);
    const deep = await holding(...nested);
    const { message } = firstFailure(await copyImage(deep, folder, 'latest'));
    expect(message).toContain('more than 16 levels of manifests');
    const near = await holding(...nested.slice(0, 10));
    expect(valueOf(await copyImage(near, folder, 'latest')).manifests).toHaveLength(10);
  });

  it.each([
    ['another index', [{ ...row(index([])), platform: { os: 'linux', architecture: 'amd64' } }]],
    ['nothing', [null]],
    ['no platform', [{ ...row(index([])), platform: null }]],
    ['a digest of another type', [{ digest: [], platform: { os: 'linux', architecture: 'amd64' } }]],
    ['no list', 0],
  ])('is not pulled where the index has %s for the platform', async (_, manifests) => {
    const outer = index(manifests);
    const request = { index: digestIn(outer), platform: 'linux/amd64', to: await temporaryStore() } as const;
    const { code } = firstFailure(await pullImage(await holding(index([]), outer), request));
    expect(code).toBe('gone');
  });
});

it('a platform is named by its valid fields only', async () => {
  const outer = index([{ ...row(index([])), platform: { os: { a: 1 }, architecture: 'amd64' } }]);
  const found = await findPlatformImage(await holding(outer), digestIn(outer), 'linux/arm64');
  expect(firstFailure(found).message).not.toContain('[object');
});

describe('the index.json of a layout', () => {
  const layoutOf = (text: string) => {
    const path = temporaryFolder();
    writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(path, 'index.json'), text);
    return openLayoutFolder(path);
  };

  it.each(['null', '{"manifests":[null]}', '{"manifests":[{"digest":5}]}'])(
    'is refused if it is invalid: %s',
    async (text) => {
      expect(firstFailure(await layoutOf(text).listTags()).code).toBe('image-format');
    },
  );

  it('may have names that are not strings', async () => {
    const named = { ...row(index([])), annotations: { 'org.opencontainers.image.ref.name': 0 } };
    const layout = layoutOf(JSON.stringify({ manifests: [named] }));
    expect(valueOf(await layout.headManifest('latest'))).toBeUndefined();
    expect(valueOf(await layout.listTags())).toEqual([]);
  });
});

describe('a folder of an OCI layout that is a file', () => {
  it('is refused as source and target of a copy', async () => {
    const file = join(temporaryFolder(), 'image.tar');
    writeFileSync(file, 'not a folder');
    const image = index([]);
    for (const place of [file, join(file, 'inside')]) {
      const layout = openLayoutFolder(place);
      const results = [
        await layout.headManifest('latest'),
        await layout.listTags(),
        await layout.pushBlob(BLOB),
        await copyImage(await holding(image), layout, 'latest'),
      ];
      for (const result of results) {
        const { code, message } = firstFailure(result);
        expect(code).toBe('usage');
        expect(message).toContain(`${place} is not the folder of an OCI layout`);
      }
      await layout.close();
    }
    expect(readFileSync(file, 'utf8')).toBe('not a folder');
  });
});
