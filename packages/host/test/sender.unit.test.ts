import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allowFewFiles,
  makeCertificate,
  startForwardProxy,
  type Certificate,
  type ForwardProxyOptions,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSender, ProxyError, trustHint } from '../src';

const SECRET = 'planted-secret';
const LOGIN = `ada:${SECRET}`;
let folder: string;
let certificate: Certificate;
let plain: number;
let secure: number;
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sender-'));
  certificate = await makeCertificate(folder, 'archive.invalid');
  const answer: RequestListener = ({ url, headers }, response) =>
    response.end(JSON.stringify({ url, host: headers.host, login: headers['proxy-authorization'] }));
  plain = await listening(createServer(answer));
  secure = await listening(createSecureServer({ key: certificate.key, cert: certificate.cert }, answer));
});

afterAll(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true });
});

async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A proxy that resolves archive.invalid, which DNS does not. */
async function proxy(options: Partial<ForwardProxyOptions> = {}) {
  const ports: Record<string, number> = { 'archive.invalid:80': plain, 'archive.invalid:443': secure };
  const started = await startForwardProxy({ route: (authority) => ports[authority], ...options });
  onTestFinished(() => started.stop());
  return started;
}

interface Said {
  readonly url: string;
  readonly host: string;
  readonly login?: string;
}

async function get(origin: string, env: Record<string, string>, connectSeconds = 5): Promise<Said> {
  const sender = await openSender({ env, connectSeconds });
  onTestFinished(() => sender.destroy());
  const { body } = await sender.request({ origin, path: '/file?q', method: 'GET', headers: { 'x-a': 'b' } });
  return (await body.json()) as Said;
}

async function fault(origin: string, env: Record<string, string>, connectSeconds = 5): Promise<ProxyError> {
  const error = await get(origin, env, connectSeconds).then(
    () => new Error('answered'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProxyError);
  expect(JSON.stringify([String(error), error])).not.toContain(SECRET);
  return error as ProxyError;
}

const HTTP = 'http://archive.invalid';
const HTTPS = 'https://archive.invalid';

describe('a sender', () => {
  it('asks a proxy for http by its whole address, and does not pass the login on', async () => {
    const { host, asked } = await proxy({ login: LOGIN });
    const said = await get(HTTP, { HTTP_PROXY: `http://${LOGIN}@${host}` });
    expect(said).toEqual({ url: '/file?q', host: 'archive.invalid' });
    expect(asked).toEqual(['GET http://archive.invalid/file?q']);
  });

  it('has a proxy connect it to https, and believes SSL_CERT_FILE', async () => {
    const { host, asked } = await proxy({ login: LOGIN });
    const env = { HTTPS_PROXY: `http://${LOGIN}@${host}`, SSL_CERT_FILE: certificate.file };
    expect(await get(HTTPS, env)).toEqual({ url: '/file?q', host: 'archive.invalid' });
    expect(asked).toEqual(['CONNECT archive.invalid:443']);
  });

  it('speaks https to a proxy that does', async () => {
    const { url } = await proxy({ certificate });
    expect(await get(HTTPS, { HTTPS_PROXY: url, SSL_CERT_FILE: certificate.file })).toMatchObject({
      url: '/file?q',
    });
  });

  it.each([HTTP, HTTPS])('tells that a proxy wants a login: %s', async (origin) => {
    const { url, host } = await proxy({ login: LOGIN });
    const { words, hint, lasting } = await fault(origin, { ALL_PROXY: url });
    expect(words).toBe(`is blocked by the proxy ${url}, which requires a user name and password (407)`);
    expect(hint).toContain('HTTPS_PROXY=http://user:password@');
    expect(lasting).toBe(true);
    const other = await fault(origin, { ALL_PROXY: `http://ada:${SECRET}2@${host}` });
    expect(other.words).toContain('which rejects the user name and password (407)');
  });

  it.each([
    [403, true],
    [503, false],
  ])('tells what a proxy answered: %i', async (status, lasting) => {
    const { url } = await proxy({ status });
    const found = await fault(HTTPS, { HTTPS_PROXY: url.replace('//', `//${LOGIN}@`) });
    expect(found.words).toBe(`is blocked by the proxy ${url}, which answered ${status}`);
    expect(found.lasting).toBe(lasting);
  });

  it.each([HTTP, HTTPS])('names a proxy that is down: %s', async (origin) => {
    const down = await startForwardProxy({ route: () => undefined });
    await down.stop();
    const { words } = await fault(origin, { ALL_PROXY: `http://${LOGIN}@${down.host}` });
    expect(words).toBe(
      `can't be reached: the proxy http://${down.host} is unreachable: connect ECONNREFUSED ${down.host}`,
    );
  });

  it('names a proxy with an untrusted certificate', async () => {
    const { url } = await proxy({ certificate });
    expect((await fault(HTTPS, { HTTPS_PROXY: url })).words).toContain(
      `the proxy ${url} is unreachable: self-signed`,
    );
  });

  it('gives up a proxy that never answers', async () => {
    const { url } = await proxy({ hangs: true });
    const start = performance.now();
    expect((await fault(HTTPS, { HTTPS_PROXY: url }, 0.3)).words).toContain('no answer within 0.3 s');
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('goes through a proxy of SOCKS 5', async () => {
    const asked: string[] = [];
    const socks = createSocketServer((socket) => {
      // RFC 1928: a greeting, "no authentication", a request for a host by name, "granted".
      socket.once('data', () => {
        socket.write(Buffer.from([5, 0]));
        socket.once('data', (request: Buffer) => {
          asked.push(request.subarray(5, -2).toString());
          const there = connect(secure, '127.0.0.1', () => {
            socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
            socket.pipe(there).pipe(socket);
          });
        });
      });
    });
    const ALL_PROXY = `socks5h://127.0.0.1:${await listening(socks)}`;
    const env = { ALL_PROXY, SSL_CERT_FILE: certificate.file };
    expect(await get(HTTPS, env)).toMatchObject({ host: 'archive.invalid' });
    expect(asked).toEqual(['archive.invalid']);
  });

  it('needs no proxy for this machine, whatever the variables hold', async () => {
    const env = { HTTP_PROXY: '://', HTTPS_PROXY: '://', ALL_PROXY: '://', SSL_CERT_FILE: certificate.file };
    expect(await get(`http://127.0.0.1:${plain}`, env)).toMatchObject({ url: '/file?q' });
    expect(await get(`https://127.0.0.1:${secure}`, env)).toMatchObject({ url: '/file?q' });
  });

  it('tells a variable that holds no proxy, not what it holds', async () =>
    expect((await fault(HTTPS, { HTTPS_PROXY: `://${SECRET}` })).words).toContain(
      'HTTPS_PROXY is not the URL of a proxy',
    ));
});

describe('what https believes', () => {
  const here = () => `https://127.0.0.1:${secure}`;

  it('is in NODE_EXTRA_CA_CERTS too', async () =>
    expect(await get(here(), { NODE_EXTRA_CA_CERTS: certificate.file })).toMatchObject({ url: '/file?q' }));

  it('is read from the folders of SSL_CERT_DIR, with other files in them', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await Promise.all([mkdir(first), mkdir(second)]);
    await copyFile(certificate.file, join(second, 'own.crt'));
    await writeFile(
      join(second, 'broken.pem'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    );
    expect(await get(here(), { SSL_CERT_DIR: `${first}:${second}` })).toMatchObject({ url: '/file?q' });
  });

  it('is in a folder of SSL_CERT_DIR with more files than may be open', async () => {
    const many = join(folder, 'many');
    await mkdir(many);
    for (let at = 0; at < 500; at++) await writeFile(join(many, `${at}.pem`), 'not a certificate');
    await copyFile(certificate.file, join(many, 'zzz.crt'));
    onTestFinished(allowFewFiles());
    expect(await get(here(), { SSL_CERT_DIR: many })).toMatchObject({ url: '/file?q' });
  });

  it('is not an untrusted certificate', async () =>
    await expect(get(here(), {})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }));

  it('has a hint that names a file which is not there', () => {
    expect(trustHint({})).toContain('NODE_EXTRA_CA_CERTS or SSL_CERT_FILE');
    expect(trustHint({ SSL_CERT_FILE: '/nowhere.pem' })).toContain('SSL_CERT_FILE names "/nowhere.pem"');
  });
});
