import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageOf } from '@image-tooling/testkit/busybox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  busyboxRoot,
  copyWithLibraries,
  openFolder,
  startPodman,
  whyNoPodman,
  type RealEngine,
} from '../../packages/toolbox/test/real-engines';
import { buildImages, loadBuilt } from '../../packages/toolbox/test/services/images';
import { removeTree } from '@image-tooling/testkit/interop';
import { DOCS, textOf, yamlOf } from './files';
import { podmanCompose } from './podman-compose';

const FILE = 'patterns/compose/compose.yaml';
const IMAGE = 'tooling-k8s';
/** Of the user whose project it is. */
const USER = 1234;

const reason =
  (await whyNoPodman()) ?? (existsSync('/usr/bin/docker-registry') ? undefined : 'no docker-registry');
if (reason !== undefined) console.warn(`skipped: the example of Compose: ${reason}`);

interface Compose {
  readonly services: Readonly<Record<'registry' | 'tools', { readonly image: string }>>;
}

// The images are under the names of the example: Debian's docker-registry, and this repository's own.
describe.skipIf(reason !== undefined)('the example of Compose, run by podman-compose', () => {
  let engine: RealEngine;
  let folder: string;
  let project: string;
  let program: readonly [string, ...string[]];

  beforeAll(async () => {
    await buildImages(IMAGE);
    program = await podmanCompose();
    folder = openFolder('compose');
    engine = await startPodman(await networkSettings(folder));
    const { services } = await yamlOf<Compose>(FILE);
    podman(
      'import',
      '--change=ENTRYPOINT ["registry"]',
      '--change=CMD ["serve", "/etc/registry.yml"]',
      await registryArchive(folder),
      services.registry.image,
    );
    podman('tag', await loadBuilt(engine, IMAGE), services.tools.image);
    project = join(folder, 'my-project');
    mkdirSync(project);
    copyFileSync(join(DOCS, FILE), join(project, 'compose.yaml'));
    chownSync(project, USER, USER);
  });
  afterAll(async () => {
    await engine.stop();
    await removeTree(folder);
  });

  const podman = (...args: readonly string[]): string =>
    execFileSync('podman', args, { env: engine.env, encoding: 'utf8', stdio: 'pipe' });
  const compose = (...args: readonly string[]) => {
    const [python, ...words] = [...program, ...args];
    const env = { ...engine.env, UID: `${USER}`, GID: `${USER}` };
    return spawnSync(python, words, { cwd: project, env, encoding: 'utf8', input: '', timeout: 120_000 });
  };
  const inTools = (script: string) =>
    compose('--profile', 'tools', 'run', '--rm', '-T', 'tools', 'bash', '-c', script);

  it('starts the service, which becomes healthy', async () => {
    expect(compose('up', '--detach', 'registry').status).toBe(0);
    const [name = ''] = podman('ps', '--format', '{{.Names}}').split('\n');
    // Podman leaves repeated checks to systemd, which this machine need not have.
    const isHealthy = () => spawnSync('podman', ['healthcheck', 'run', name], { env: engine.env }).status;
    await expect.poll(isHealthy, { timeout: 30_000, interval: 500 }).toBe(0);
  });

  it('reaches it from the image by its name, with the command of the page', async () => {
    const script = /run --rm tools bash -c '(.*)'$/m.exec(await textOf('patterns/compose/README.md'))?.[1];
    expect(inTools(script!).stdout).toMatch(/reachable\n$/);
    expect(inTools('curl -sf http://registrar:5000/v2/').status).toBe(6);
  });

  it('works as the user, without rights, in an image that nothing is written to', () => {
    const status = 'grep -E "^(CapEff|NoNewPrivs)" /proc/self/status';
    const ran = inTools(
      `id -u; echo x > made && touch ~/a /tmp/b && ${status}; touch /usr/c || echo refused`,
    );
    expect(ran.stdout).toBe(`${USER}\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nrefused\n`);
    expect(statSync(join(project, 'made')).uid).toBe(USER);
  });

  it('ends without leaving anything', () => {
    expect(podman('volume', 'ls', '--quiet')).toBe('my-project_data\n');
    expect(compose('down', '--volumes').status).toBe(0);
    for (const kind of ['container', 'volume']) expect(podman(kind, 'ls', '--quiet')).toBe('');
    expect(podman('network', 'ls', '--format={{.Name}}')).toBe('podman\n');
  });
});

/** Names of services are resolved by netavark and aardvark-dns, which not every machine with Podman has. */
async function networkSettings(folder: string): Promise<string> {
  const programs = join(folder, 'programs');
  for (const name of ['netavark', 'aardvark-dns']) {
    const deb = await packageOf(name, process.arch === 'arm64' ? 'arm64' : 'amd64');
    execFileSync('dpkg-deb', ['--extract', deb, programs]);
  }
  const places = [join(programs, 'usr/lib/podman'), '/usr/libexec/podman', '/usr/lib/podman'];
  return `helper_binaries_dir = ${JSON.stringify(places)}
[network]
network_backend = "netavark"
network_config_dir = ${JSON.stringify(join(folder, 'networks'))}
`;
}

async function registryArchive(folder: string): Promise<string> {
  const root = await busyboxRoot(join(folder, 'registry'));
  copyWithLibraries('/usr/bin/docker-registry', root, 'registry');
  mkdirSync(join(root, 'var/lib/registry'), { recursive: true });
  const settings = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: '/var/lib/registry' } },
    http: { addr: ':5000' },
  };
  writeFileSync(join(root, 'etc/registry.yml'), JSON.stringify(settings));
  const archive = join(folder, 'registry.tar');
  execFileSync('tar', ['-C', root, '-cf', archive, '.']);
  return archive;
}
