import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy, startRegistry, type RealRegistry, type Step } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { finishAddress } from '../src/registry/blobs/upload-session';
import { LOGGED_IN, tokenRegistry } from './registry-auth-helpers';
import { behindProxy, BLOB, UPLOAD } from './registry-faults-helpers';
import { opened, pushedImage } from './registry-helpers';
import { serve, talkTo } from './registry-transport-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

async function otherProxy(steps: readonly Step[] = []) {
  const other = await startFaultProxy(registry, { steps });
  onTestFinished(() => other.stop());
  return other;
}

describe('an upload that is redirected with 307', () => {
  it('sends its bytes to the other server, manifests too', async () => {
    const other = await otherProxy();
    const { proxy, to } = await behindProxy(registry);
    proxy.fault({ method: /P/, fault: { kind: 'redirect', to: other.url } });
    expect(valueOf(await to.pushBlob(BLOB)).how).toBe('pushed');
    const { digest } = await pushedImage(to, 'layer', 'v1');
    expect(valueOf(await to.headManifest('v1'))?.digest).toBe(digest);
    expect(other.asked({ method: 'PUT', path: UPLOAD })[0]?.receivedBytes).toBe(BLOB.size);
  });

  it('reads its blob again if the answer came early', async () => {
    const other = await otherProxy();
    const early: Step = async ({ record, target, response }, next) => {
      if (record.method !== 'PUT' || !UPLOAD.test(record.path)) return next();
      response.writeHead(307, { location: new URL(target, other.url).href }).end();
    };
    const { to } = await behindProxy(registry, [early]);
    let counted = 0;
    valueOf(await to.pushBlob(BLOB, { onBytes: (count) => void (counted += count) }));
    expect(counted).toBe(BLOB.size);
    expect(other.asked({ method: 'PUT' })[0]?.receivedBytes).toBe(BLOB.size);
  });
});

describe('a URL that a registry returned', () => {
  const SIGNED = 'X-Sig=a%20b~c%7Ed+e%2Fe&empty=&flag&name=%E2%82%AC';

  it.each([
    [`?${SIGNED}`, `?${SIGNED}&`],
    [`?${SIGNED}&`, `?${SIGNED}&`],
    ['?', '?'],
    ['', '?'],
  ])('is used unchanged, with the digest appended: %s', (given, kept) => {
    const location = new URL(`https://store.example/up/~a%20b${given}#part`);
    const { pathname, search } = finishAddress({ location, minChunk: 0 }, BLOB.digest);
    expect(pathname + search).toBe(`/up/~a%20b${kept}digest=${encodeURIComponent(BLOB.digest)}`);
  });

  it('is requested unchanged: an upload, a redirect, a page', async () => {
    const signed = (path: string): string => `${path.split('?')[0]}?${SIGNED}`;
    const server = await serve(async (request, response) => {
      await text(request);
      const { method, url = '' } = request;
      if (method === 'HEAD') response.writeHead(404).end();
      else if (method === 'POST') response.writeHead(202, { location: signed('/up/1') }).end();
      else if (url.startsWith('/up/')) response.writeHead(201).end();
      else if (url.includes('/blobs/')) response.writeHead(302, { location: signed('/store') }).end();
      else if (url.startsWith('/store')) response.end(await bytes(BLOB));
      else if (url.endsWith('n=1000'))
        response.writeHead(200, { link: `<${signed(url)}>; rel="next"` }).end('{"tags":["a"]}');
      else response.end('{"tags":["b"]}');
    });
    const to = opened(server.host, 'team/name');
    valueOf(await to.pushBlob(BLOB));
    expect(await bytes(to.blobOf(BLOB))).toHaveLength(BLOB.size);
    expect(valueOf(await to.listTags())).toEqual(['a', 'b']);
    const asked = server.requests.map(({ line }) => line);
    expect(asked).toContain(`PUT /up/1?${SIGNED}&digest=${encodeURIComponent(BLOB.digest)}`);
    expect(asked).toContain(`GET /store?${SIGNED}`);
    expect(asked).toContain(`GET /v2/team/name/tags/list?${SIGNED}`);
  });

  it('is requested unchanged: a token service', async () => {
    const server = await tokenRegistry();
    const realm = `${server.url}/token?${SIGNED}`;
    const registry = await tokenRegistry({ realm });
    const { send, request } = talkTo(registry.host, LOGGED_IN);
    await send(request('manifests/1'));
    expect(server.requests[0]?.line).toContain(`GET /token?${SIGNED}&service=the%2C+registry&scope=`);
  });
});

async function bytes(blob: typeof BLOB): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of blob.open()) pieces.push(piece);
  return Buffer.concat(pieces);
}
