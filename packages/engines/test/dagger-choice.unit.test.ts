import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { Server } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { openEngine } from '../src';
import type { Environment } from '../src/dagger/environment';
import { failureOf, test, type Machine } from './dagger-machine';

const speaking = (answer: RequestListener): Server => createHttpServer(answer);
/** The title of a case, how to make it, and the text in the message. */
type Case<T> = [name: string, make: (machine: Machine) => Promise<T>, cause: string];

// Side by side: most of what they do is wait for time limits.
describe.concurrent('a session that the environment names', () => {
  const version: RequestListener = (request, response) => {
    const known = request.headers.authorization === `Basic ${Buffer.from('secret:').toString('base64')}`;
    response.writeHead(known ? 200 : 401).end('{"data":{"version":"v0.21.8"}}');
  };
  const named = (port: number | string, token = 'secret'): Environment => ({
    DAGGER_SESSION_PORT: String(port),
    DAGGER_SESSION_TOKEN: token,
  });

  test('comes before all else', async ({ machine }) => {
    const port = await machine.listen(speaking(version));
    const { place } = await machine.placeIn({
      ...named(port),
      _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'unix:///nowhere',
    });
    expect(place).toMatchObject({ kind: 'session', port, token: 'secret', engineVersion: 'v0.21.8' });
  });

  test.for<Case<Environment>>([
    ['nothing listens', async (machine) => named(await machine.closedPort()), 'ECONNREFUSED'],
    [
      'the token is wrong',
      async (machine) => named(await machine.listen(speaking(version)), 'guess'),
      'another token',
    ],
    [
      'something else answers',
      async (machine) => named(await machine.listen(speaking((_, response) => response.end('hello')))),
      'HTTP 200',
    ],
    [
      'it sends nothing',
      async (machine) => named(await machine.listen(machine.silent())),
      'no answer within 5 s',
    ],
  ])('is refused where %s, by the name of the variable', async ([, env, cause], { machine }) => {
    const failure = await machine.refused(await env(machine));
    expect(failure.code).toBe('no-engine');
    expect(failure.message).toContain('DAGGER_SESSION_PORT');
    expect(failure.message).toContain(cause);
    expect(failure.hint).toContain('unset DAGGER_SESSION_PORT');
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
    expect(JSON.stringify(failure)).not.toMatch(/secret|guess/);
  });

  test.for<[Environment, string]>([
    [{ DAGGER_SESSION_PORT: '1234' }, 'DAGGER_SESSION_TOKEN is not'],
    [{ DAGGER_SESSION_TOKEN: 'secret' }, 'DAGGER_SESSION_PORT is not'],
    [{ DAGGER_SESSION_PORT: 'http', DAGGER_SESSION_TOKEN: 'secret' }, '1 to 65535'],
  ])('is refused where it is half a name: %j', async ([env, words], { machine }) => {
    const failure = await machine.refused(env);
    expect(failure).toMatchObject({ code: 'usage' });
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('secret');
  });
});

describe.concurrent('an engine that the environment names', () => {
  const named = (address: string): Environment => ({ _EXPERIMENTAL_DAGGER_RUNNER_HOST: address });

  test('is taken where it speaks HTTP/2, at a socket and at a port', async ({ machine }) => {
    const socket = join(machine.folder, 'engine.sock');
    await machine.listen(createHttp2Server(), socket);
    const port = await machine.listen(createHttp2Server());
    for (const address of [`unix://${socket}`, `tcp://127.0.0.1:${port}`])
      expect((await machine.placeIn(named(address))).place).toEqual({
        kind: 'runner',
        origin: address,
        address,
      });
  });

  test.for<[address: string, origin: string]>([
    ['kube-pod://engine-0?namespace=dagger', 'kube-pod://engine-0'],
    ['ssh://me:secret@builder', 'ssh://builder'],
    ['docker-container://engine', 'docker-container://engine'],
  ])('is not probed if only dagger can connect to it: %s', async ([address, origin], { machine }) => {
    expect((await machine.placeIn(named(address))).place).toEqual({ kind: 'runner', origin, address });
  });

  test.for<Case<string>>([
    [
      'the socket is not there',
      async (machine) => `unix://${join(machine.folder, 'no.sock')}`,
      'no such socket',
    ],
    [
      'nothing listens',
      async (machine) => `tcp://127.0.0.1:${await machine.closedPort()}`,
      'nothing listens',
    ],
    [
      'it sends nothing',
      async (machine) => `tcp://127.0.0.1:${await machine.listen(machine.silent())}`,
      'sends nothing (4 s)',
    ],
    [
      'it sends nothing of TLS',
      async (machine) => `tls://127.0.0.1:${await machine.listen(machine.silent())}`,
      'sends nothing (4 s)',
    ],
    [
      'the socket sends nothing',
      async (machine) => {
        await machine.listen(machine.silent(), join(machine.folder, 'silent.sock'));
        return `unix://${join(machine.folder, 'silent.sock')}`;
      },
      'sends nothing (4 s)',
    ],
    [
      'something else answers',
      async (machine) => `tcp://127.0.0.1:${await machine.listen(speaking((_, response) => response.end()))}`,
      'not a Dagger engine',
    ],
    ['it is not an address', async () => '/run/engine.sock', 'unix:///run/dagger/engine.sock'],
    ['the port is missing', async () => 'tcp://127.0.0.1', 'tcp://host:port'],
  ])('is refused where %s', async ([, address, cause], { machine }) => {
    const failure = await machine.refused(named(await address(machine)));
    expect(failure.code).toBe('no-engine');
    expect(failure.message).toContain('_EXPERIMENTAL_DAGGER_RUNNER_HOST is ');
    expect(failure.message).toContain(cause);
    expect(failure.hint).toContain('unset _EXPERIMENTAL_DAGGER_RUNNER_HOST');
  });

  test('fails at once when the run is stopped', async ({ machine }) => {
    const abort = new AbortController();
    const server = machine.silent();
    const port = await machine.listen(server);
    let began = NaN;
    server.once('connection', () => {
      began = Date.now();
      abort.abort();
    });
    const looking = machine.look(named(`tcp://127.0.0.1:${port}`), abort.signal);
    expect(failureOf(await looking).code).toBe('aborted');
    expect(Date.now() - began).toBeLessThan(1000);
  });
});

describe.concurrent('Docker and Podman', () => {
  const ping: RequestListener = (request, response) =>
    void response.writeHead(request.url === '/_ping' ? 200 : 404).end('OK');

  test('gives Docker where its daemon answers', async ({ machine }) => {
    await machine.program('docker', 'echo 28.1.0');
    expect((await machine.placeIn({})).place).toEqual({ kind: 'container', origin: 'docker' });
  });

  test('skips Docker without a daemon, and takes Podman with a service', async ({ machine }) => {
    await machine.program('docker', 'echo; echo Cannot connect to the Docker daemon >&2; exit 1');
    await machine.program('podman', 'exit 1');
    await machine.listen(speaking(ping), join(machine.folder, 'run', 'podman', 'podman.sock'));
    const { place, passed } = await machine.placeIn({ XDG_RUNTIME_DIR: join(machine.folder, 'run') });
    expect(place).toEqual({ kind: 'container', origin: 'podman' });
    expect(passed.at(-1)).toEqual({
      cause: "docker's daemon is not running",
      detail: 'Cannot connect to the Docker daemon',
    });
  });

  test('skips Docker that hangs, and Podman with a silent service', async ({ machine }) => {
    await machine.program('docker', 'exec /bin/sleep 60');
    await machine.program('podman', 'exit 1');
    const port = await machine.listen(machine.silent());
    const { place, passed } = await machine.placeIn({ CONTAINER_HOST: `tcp://127.0.0.1:${port}` });
    expect(place).toBeUndefined();
    expect(passed.map(({ cause }) => cause).slice(-2)).toEqual([
      "docker's daemon does not answer",
      "podman's service is not running",
    ]);
    expect(passed.at(-1)?.detail).toContain('no answer within 3 s');
  });

  test('lists every place, and why it failed, if dagger is asked for and not found', async ({ machine }) => {
    await machine.program('docker', 'echo Cannot connect >&2; exit 1');
    const env = { PATH: machine.folder, IMAGE_ENGINE: 'dagger' };
    const failure = failureOf(await openEngine({ env, storeRoot: machine.folder }));
    expect(failure).toMatchObject({ code: 'no-engine' });
    expect(failure.details).toEqual([
      'DAGGER_SESSION_PORT is not set',
      '_EXPERIMENTAL_DAGGER_RUNNER_HOST is not set',
      "docker's daemon is not running: Cannot connect",
      'podman is not installed',
    ]);
    expect(failure.hint).toContain('IMAGE_ENGINE=buildah');
  });

  test('says so too where buildah is missing as well', async ({ machine }) => {
    const result = await openEngine({ env: { PATH: machine.folder }, storeRoot: machine.folder });
    if (result.ok) throw new Error('It succeeded, a failure was expected.');
    expect(result.failures[0].message).toContain('buildah');
    expect(result.failures.at(-1)?.details).toContain('docker is not installed');
  });

  test('starts no program of other engines for IMAGE_ENGINE=buildah', async ({ machine }) => {
    await machine.program('docker', `echo asked >'${machine.folder}/asked'; echo 28.1.0`);
    const env = { PATH: machine.folder, IMAGE_ENGINE: 'buildah', DAGGER_SESSION_PORT: '1' };
    expect(failureOf(await openEngine({ env, storeRoot: machine.folder })).message).toContain('buildah');
    await expect(rm(join(machine.folder, 'asked'))).rejects.toThrow('ENOENT');
  });
});
