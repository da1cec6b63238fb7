import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { podman, type Podman } from '../examples/podman';
import { readManifests } from '../kubernetes/manifests';

const ROOT = resolve(__dirname, '..', '..');
const MANIFESTS = join(ROOT, 'packages/cache-server/deploy/cache-server.yaml');

interface Deployed {
  readonly config: Record<string, unknown>;
  readonly user: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly memory: string;
}

/** What our manifest says of the container. */
async function deployed(): Promise<Deployed> {
  const manifests = await readManifests(MANIFESTS);
  const of = (kind: string): unknown => manifests.find((one) => one.kind === kind);
  const { data } = of('ConfigMap') as { data: Record<string, string> };
  const { spec } = of('Deployment') as {
    spec: { template: { spec: { securityContext: Record<string, number>; containers: never[] } } };
  };
  const pod = spec.template.spec;
  const container = pod.containers[0]! as Pick<Deployed, 'args' | 'env'> & {
    resources: { limits: { memory: string } };
  };
  return {
    config: JSON.parse(data['cache-server.json']!) as Deployed['config'],
    user: `${pod.securityContext['runAsUser']}:${pod.securityContext['runAsGroup']}`,
    args: container.args,
    env: container.env,
    memory: container.resources.limits.memory.replace('Mi', 'm'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

// As in our manifest: its user, arguments, configuration and limits, a read-only file system, no capabilities.
describe('the image of the cache server, in Podman', () => {
  const engine: Podman = podman();
  const config = join(engine.folder, 'config');
  const volume = join(engine.folder, 'volume');
  let image: string;
  let url: string;
  let token: string;

  beforeAll(async () => {
    const archive = join(engine.folder, 'image.tar');
    const load = ['nx', 'run', 'cache-server:load', `--to=oci-archive:${archive}`];
    execFileSync('npx', load, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    expect(engine('load', '--input', archive)).toMatchObject({ exitCode: 0 });
    image = engine('images', '--format={{.ID}}').output.split('\n')[0]!;
    const owner = ['--name=ci', '--project=tooling', '--role=write', '--namespace=trusted'];
    const made = engine('run', '--rm', image, 'token', ...owner);
    const [, shown = '', , line = ''] = made.output.split('\n').filter((one) => one !== '');
    token = shown;
    const { user, args, env, memory, config: written } = await deployed();
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    for (const folder of [config, volume]) mkdirSync(folder);
    const [uid = 0, gid = 0] = user.split(':').map(Number);
    chownSync(volume, uid, gid);
    const settings = { ...written, listen: `127.0.0.1:${port}`, tokens: '/etc/cache-server/tokens.json' };
    writeFileSync(join(config, 'cache-server.json'), JSON.stringify(settings));
    writeFileSync(join(config, 'tokens.json'), `{"tokens":[${line}]}`);
    const limits = [
      '--read-only',
      '--cap-drop=all',
      '--security-opt=no-new-privileges',
      `--memory=${memory}`,
    ];
    const mounts = [`--volume=${config}:/etc/cache-server:ro`, `--volume=${volume}:/var/cache`];
    const variables = env.map(({ name, value }) => `--env=${name}=${value}`);
    const started = engine(
      ...['run', '--detach', '--name=cache', '--network=host', `--user=${user}`, '--tmpfs=/tmp'],
      ...[...limits, ...mounts, ...variables, image, ...args],
    );
    expect(started).toMatchObject({ exitCode: 0 });
    await answering();
  });
  afterAll(() => engine.remove());

  /** Podman says nothing when a program listens. */
  async function answering(): Promise<void> {
    for (let left = 300; left > 0; left--) {
      if ((await fetch(`${url}/healthz`).catch(() => undefined))?.ok) return;
      await wait(100);
    }
    throw new Error(engine('logs', 'cache').output);
  }

  const ask = (method: string, body?: Buffer): Promise<Response> =>
    fetch(`${url}/v1/cache/${'a'.repeat(40)}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body && { body: new Uint8Array(body) }),
    });

  it('is healthy and ready', async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('stores an entry, and returns it', async () => {
    const entry = Buffer.alloc(3_000_000, 'entry');
    expect((await ask('GET')).status).toBe(404);
    expect((await ask('PUT', entry)).status).toBe(200);
    const answer = await ask('GET');
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(entry)).toBe(true);
    expect((await fetch(`${url}/v1/cache/${'a'.repeat(40)}`)).status).not.toBe(200);
  });

  it('purges in the running container', () => {
    const purged = engine(
      ...['exec', 'cache', 'cache-server', 'purge', '--since=2020-01-01T00:00:00Z', '--dry-run'],
      '--config=/etc/cache-server/cache-server.json',
    );
    expect(purged).toMatchObject({ exitCode: 0, output: expect.stringContaining('a'.repeat(40)) as string });
  });

  it('ends with exit code 0 at SIGTERM, before Kubernetes would kill it', () => {
    const begin = performance.now();
    expect(engine('stop', '--time=25', 'cache')).toMatchObject({ exitCode: 0 });
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect(engine('inspect', '--format={{.State.ExitCode}}', 'cache').output.trim()).toBe('0');
  });
});

it('the tool of the cache server is the same in other time zones, locales and umasks', () => {
  const check = ['nx', 'run', 'cache-server-app:build-amd64', '--check'];
  expect(execFileSync('npx', check, { cwd: ROOT, encoding: 'utf8' })).toContain('identical twice');
});
