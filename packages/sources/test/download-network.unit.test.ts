import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate, startForwardProxy, type Certificate } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createDownloader, downloadBytes } from '../src';
import { shown } from './support';

const content = Buffer.from('all the bytes of a package\n');
const sha256 = createHash('sha256').update(content).digest('hex');
const SECRET = 'planted-secret';

let folder: string;
let certificate: Certificate;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-network-'));
  certificate = await makeCertificate(folder, 'archive.invalid');
});
afterAll(() => rm(folder, { recursive: true }));

async function serve(answer: RequestListener, secure = false): Promise<number> {
  const { key, cert } = certificate;
  const server: Server = secure ? createSecureServer({ key, cert }, answer) : createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const whole: RequestListener = (_, response) => response.end(content);
const sentTo =
  (address: () => string): RequestListener =>
  (_, response) =>
    response.writeHead(302, { location: address() }).end();

function download(url: string, env: NodeJS.ProcessEnv = {}) {
  const timings = { tries: 2, backoffSeconds: 0.01, connectSeconds: 2 };
  const http = createDownloader({ timings, env });
  const options = { http, signal: new AbortController().signal };
  return downloadBytes({ name: 'the file', urls: [url], sha256, maxBytes: 1000 }, options);
}

describe('a redirect', () => {
  it("is followed; the address's password is only sent to its own origin", async () => {
    const seen: (string | undefined)[] = [];
    const note =
      (answer: RequestListener): RequestListener =>
      (request, response) => {
        seen.push(request.headers.authorization);
        answer(request, response);
      };
    const other = await serve(note(whole));
    const first = await serve(
      note((request, response) =>
        sentTo(() => (request.url === '/file' ? '/again' : `http://127.0.0.1:${other}/file`))(
          request,
          response,
        ),
      ),
    );
    const result = await download(`http://ada:${SECRET}@127.0.0.1:${first}/file`);
    expect(shown(result)).toBe('ok');
    const basic = `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`;
    expect(seen).toEqual([basic, basic, undefined]);
  });

  it('reports which server refused, and whether the login was sent there', async () => {
    const other = await serve((_, response) => void response.writeHead(403).end());
    const first = await serve((request, response) =>
      request.url === '/file'
        ? sentTo(() => `http://127.0.0.1:${other}/file`)(request, response)
        : void response.writeHead(401).end(),
    );
    expect(shown(await download(`http://ada:${SECRET}@127.0.0.1:${first}/file`))).toContain(
      'redirected to http://127.0.0.1:PORT: HTTP 403 Forbidden, asked without a login',
    );
    expect(shown(await download(`http://ada:${SECRET}@127.0.0.1:${first}/other`))).toContain(
      'HTTP 401 Unauthorized, asked with the login in the address',
    );
  });

  it('from https to http is refused', async () => {
    const port = await serve(
      sentTo(() => 'http://127.0.0.1:9/file'),
      true,
    );
    const result = await download(`https://127.0.0.1:${port}/file`, { SSL_CERT_FILE: certificate.file });
    expect(shown(result)).toContain('redirected from https to http://127.0.0.1');
  });

  it('without end is refused', async () => {
    let count = 0;
    const port = await serve(sentTo(() => `/${count++}`));
    expect(shown(await download(`http://127.0.0.1:${port}/file`))).toContain('redirected more than 10 times');
    expect(count).toBe(11);
  });
});

describe('https', () => {
  it('with an unknown certificate is refused at once, with a hint', async () => {
    let asked = 0;
    const port = await serve(() => asked++, true);
    expect(shown(await download(`https://127.0.0.1:${port}/file`))).toMatchInlineSnapshot(`
      "[network] the file could not be fetched: the connection failed.
      -> Name the PEM file of its certificate authority in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE.
      https://127.0.0.1:PORT/file: has a certificate that is not trusted: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)"
    `);
    expect(asked).toBe(0);
    const env = { SSL_CERT_FILE: '/nowhere.pem' };
    expect(shown(await download(`https://127.0.0.1:${port}/file`, env))).toContain(
      'SSL_CERT_FILE names "/nowhere.pem"',
    );
  });
});

describe('a proxy', () => {
  it('is used for http and https', async () => {
    const ports: Record<string, number> = {
      'archive.invalid:80': await serve(whole),
      'archive.invalid:443': await serve(whole, true),
    };
    const proxy = await startForwardProxy({ route: (authority) => ports[authority], login: `ada:${SECRET}` });
    onTestFinished(() => proxy.stop());
    const env = { ALL_PROXY: `http://ada:${SECRET}@${proxy.host}`, SSL_CERT_FILE: certificate.file };
    expect(shown(await download('http://archive.invalid/file', env))).toBe('ok');
    expect(shown(await download('https://archive.invalid/file', env))).toBe('ok');
    expect(proxy.asked).toEqual(['GET http://archive.invalid/file', 'CONNECT archive.invalid:443']);
  });

  it('that wants a login is reported, without the login that was sent', async () => {
    const proxy = await startForwardProxy({ route: () => undefined, login: 'other' });
    onTestFinished(() => proxy.stop());
    const env = { HTTPS_PROXY: `http://ada:${SECRET}@${proxy.host}` };
    const result = await download('https://archive.invalid/file', env);
    expect(shown(result)).toMatchInlineSnapshot(`
      "[network] the file could not be fetched: the connection failed.
      -> Put user name and password into the URL: HTTPS_PROXY=http://user:password@proxy.example:3128 ("%40" for an "@" in them).
      https://archive.invalid/file: is blocked by the proxy http://127.0.0.1:PORT, which rejects the user name and password (407)"
    `);
    expect(JSON.stringify(result)).not.toContain(SECRET);
    expect(proxy.asked).toHaveLength(1);
  });

  it('that is down is named', async () => {
    const proxy = await startForwardProxy({ route: () => undefined });
    await proxy.stop();
    const env = { HTTPS_PROXY: `http://ada:${SECRET}@${proxy.host}` };
    expect(shown(await download('https://archive.invalid/file', env))).toMatchInlineSnapshot(`
      "[network] the file could not be fetched: the connection failed.
      -> Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy is running.
      https://archive.invalid/file: can't be reached: the proxy http://127.0.0.1:PORT is unreachable: connect ECONNREFUSED 127.0.0.1:PORT; tried 2 times"
    `);
  });
});
