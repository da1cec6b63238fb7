import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure, Result } from '@image-tooling/model';
import { openEngine } from '../src';
import { findPlace, type FoundPlace } from '../src/dagger/place';
import type { Environment } from '../src/dagger/environment';

let folder: string;
let servers: { close(): unknown }[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dagger-choice-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Port of a server on the loopback interface, or nothing for one on a socket. */
async function listen(server: Server, socket?: string): Promise<number> {
  if (socket !== undefined) await mkdir(dirname(socket), { recursive: true });
  await new Promise<void>((resolve) =>
    socket === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(socket, resolve),
  );
  servers.push(server);
  const address = server.address() as AddressInfo | string;
  return typeof address === 'string' ? 0 : address.port;
}

const silent = (): Server => {
  const server = createServer((socket) => void servers.push({ close: () => socket.destroy() }));
  return server;
};
const speaking = (answer: RequestListener): Server => createHttpServer(answer);
const program = (name: string, script: string): Promise<void> =>
  writeFile(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
/** Only what a test puts there is on the machine. */
const look = (env: Environment, signal?: AbortSignal): Promise<Result<FoundPlace>> =>
  findPlace({ PATH: folder, ...env }, signal);

async function placeIn(env: Environment): Promise<FoundPlace> {
  const found = await look(env);
  if (!found.ok) throw new Error(JSON.stringify(found.failures));
  return found.value;
}

function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error('It succeeded, a failure was expected.');
  return result.failures[0];
}

const refused = async (env: Environment): Promise<Failure> => failureOf(await look(env));

describe('a session that the environment names', () => {
  const version: RequestListener = (request, response) => {
    const known = request.headers.authorization === `Basic ${Buffer.from('secret:').toString('base64')}`;
    response.writeHead(known ? 200 : 401).end('{"data":{"version":"v0.21.8"}}');
  };
  const named = (port: number | string, token = 'secret'): Environment => ({
    DAGGER_SESSION_PORT: String(port),
    DAGGER_SESSION_TOKEN: token,
  });

  it('comes before all else', async () => {
    const port = await listen(speaking(version));
    const { place } = await placeIn({
      ...named(port),
      _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'unix:///nowhere',
    });
    expect(place).toMatchObject({ kind: 'session', port, token: 'secret', engineVersion: 'v0.21.8' });
  });

  it.each([
    ['nobody listens', async () => named(await closedPort()), 'ECONNREFUSED'],
    ['the token is wrong', async () => named(await listen(speaking(version)), 'guess'), 'another token'],
    [
      'something else answers',
      async () => named(await listen(speaking((_, response) => response.end('hello')))),
      'HTTP 200',
    ],
    ['it says nothing', async () => named(await listen(silent())), 'no answer within 5 s'],
  ])('is refused where %s, by the name of the variable', async (_, env, cause) => {
    const failure = await refused(await env());
    expect(failure.code).toBe('no-engine');
    expect(failure.message).toContain('DAGGER_SESSION_PORT');
    expect(failure.message).toContain(cause);
    expect(failure.hint).toContain('unset DAGGER_SESSION_PORT');
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
    expect(JSON.stringify(failure)).not.toMatch(/secret|guess/);
  });

  it.each([
    [{ DAGGER_SESSION_PORT: '1234' }, 'DAGGER_SESSION_TOKEN is not'],
    [{ DAGGER_SESSION_TOKEN: 'secret' }, 'DAGGER_SESSION_PORT is not'],
    [{ DAGGER_SESSION_PORT: 'http', DAGGER_SESSION_TOKEN: 'secret' }, '1 to 65535'],
  ])('is refused where it is half a name: %j', async (env, words) => {
    const failure = await refused(env);
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('secret');
  });
});

async function closedPort(): Promise<number> {
  const server = silent();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('an engine that the environment names', () => {
  const named = (address: string): Environment => ({ _EXPERIMENTAL_DAGGER_RUNNER_HOST: address });

  it('is taken where it speaks HTTP/2, at a socket and at a port', async () => {
    const socket = join(folder, 'engine.sock');
    await listen(createHttp2Server(), socket);
    const port = await listen(createHttp2Server());
    for (const address of [`unix://${socket}`, `tcp://127.0.0.1:${port}`])
      expect((await placeIn(named(address))).place).toEqual({ kind: 'runner', origin: address, address });
  });

  it.each([
    ['kube-pod://engine-0?namespace=dagger', 'kube-pod://engine-0'],
    ['ssh://me:secret@builder', 'ssh://builder'],
    ['docker-container://engine', 'docker-container://engine'],
  ])('is left to dagger where it can not be asked: %s', async (address, origin) => {
    expect((await placeIn(named(address))).place).toEqual({ kind: 'runner', origin, address });
  });

  it.each([
    ['the socket is not there', async () => `unix://${join(folder, 'no.sock')}`, 'no such socket'],
    ['nobody listens', async () => `tcp://127.0.0.1:${await closedPort()}`, 'nobody listens'],
    ['it says nothing', async () => `tcp://127.0.0.1:${await listen(silent())}`, 'says nothing (4 s)'],
    ['it says nothing of TLS', async () => `tls://127.0.0.1:${await listen(silent())}`, 'says nothing (4 s)'],
    [
      'the socket says nothing',
      async () => {
        await listen(silent(), join(folder, 'silent.sock'));
        return `unix://${join(folder, 'silent.sock')}`;
      },
      'says nothing (4 s)',
    ],
    [
      'something else answers',
      async () => `tcp://127.0.0.1:${await listen(speaking((_, response) => response.end()))}`,
      'no Dagger engine',
    ],
    ['it is no address', async () => '/run/engine.sock', 'unix:///run/dagger/engine.sock'],
    ['the port is missing', async () => 'tcp://127.0.0.1', 'tcp://host:port'],
  ])('is refused where %s', async (_, address, cause) => {
    const failure = await refused(named(await address()));
    expect(failure.code).toBe('no-engine');
    expect(failure.message).toContain('_EXPERIMENTAL_DAGGER_RUNNER_HOST is ');
    expect(failure.message).toContain(cause);
    expect(failure.hint).toContain('unset _EXPERIMENTAL_DAGGER_RUNNER_HOST');
  });

  it('is given up at once when the run is stopped', async () => {
    const abort = new AbortController();
    const looking = look(named(`tcp://127.0.0.1:${await listen(silent())}`), abort.signal);
    const began = Date.now();
    setTimeout(() => abort.abort(), 50);
    expect(failureOf(await looking).code).toBe('aborted');
    expect(Date.now() - began).toBeLessThan(1000);
  });
});

describe('Docker and Podman', () => {
  const ping: RequestListener = (request, response) =>
    void response.writeHead(request.url === '/_ping' ? 200 : 404).end('OK');

  it('gives Docker where its daemon answers', async () => {
    await program('docker', 'echo 28.1.0');
    expect((await placeIn({})).place).toEqual({ kind: 'container', origin: 'docker' });
  });

  it('passes a Docker without a daemon, for a Podman with a service', async () => {
    await program('docker', 'echo; echo Cannot connect to the Docker daemon >&2; exit 1');
    await program('podman', 'exit 1');
    await listen(speaking(ping), join(folder, 'run', 'podman', 'podman.sock'));
    const { place, passed } = await placeIn({ XDG_RUNTIME_DIR: join(folder, 'run') });
    expect(place).toEqual({ kind: 'container', origin: 'podman' });
    expect(passed.at(-1)).toEqual({
      cause: 'docker has no live daemon',
      detail: 'Cannot connect to the Docker daemon',
    });
  });

  it('passes a Docker that hangs, and a Podman whose service says nothing', async () => {
    await program('docker', 'exec /bin/sleep 60');
    await program('podman', 'exit 1');
    const port = await listen(silent());
    const { place, passed } = await placeIn({ CONTAINER_HOST: `tcp://127.0.0.1:${port}` });
    expect(place).toBeUndefined();
    expect(passed.map(({ cause }) => cause).slice(-2)).toEqual([
      "docker's daemon does not answer",
      'podman has no live service',
    ]);
    expect(passed.at(-1)?.detail).toContain('no answer within 3 s');
  });

  it('lists every place, and why, where dagger is asked for and nowhere to be had', async () => {
    await program('docker', 'echo Cannot connect >&2; exit 1');
    const env = { PATH: folder, IMAGE_ENGINE: 'dagger' };
    const failure = failureOf(await openEngine({ env, storeRoot: folder }));
    expect(failure).toMatchObject({ code: 'no-engine' });
    expect(failure.details).toEqual([
      'DAGGER_SESSION_PORT is not set',
      '_EXPERIMENTAL_DAGGER_RUNNER_HOST is not set',
      'docker has no live daemon: Cannot connect',
      'podman is not installed',
    ]);
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
  });

  it('says so too where buildah is missing as well', async () => {
    const result = await openEngine({ env: { PATH: folder }, storeRoot: folder });
    if (result.ok) throw new Error('It succeeded, a failure was expected.');
    expect(result.failures[0].message).toContain('buildah');
    expect(result.failures.at(-1)?.details).toContain('docker is not installed');
  });

  it('asks nobody where buildah is asked for', async () => {
    await program('docker', `echo asked >'${folder}/asked'; echo 28.1.0`);
    const env = { PATH: folder, IMAGE_ENGINE: 'buildah', DAGGER_SESSION_PORT: '1' };
    expect(failureOf(await openEngine({ env, storeRoot: folder })).message).toContain('buildah');
    await expect(rm(join(folder, 'asked'))).rejects.toThrow('ENOENT');
  });
});
