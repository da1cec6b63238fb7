import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mistakesOf, readManifests } from '../kubernetes/manifests';
import { DOCS, textOf, yamlOf } from './files';

const ROOT = join(DOCS, '..');
const EXAMPLES = [
  'images-in-ci/github.yaml',
  'images-in-ci/gitlab.yaml',
  'images-in-ci/argo.yaml',
  'images-in-ci/devcontainer.json',
  'patterns/compose/compose.yaml',
  'patterns/docker-in-docker/compose.yaml',
  'patterns/kind/kind.yaml',
  'patterns/kind/app.yaml',
  'patterns/vagrant/Vagrantfile',
];

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: object;
  readonly volumes: object;
}
interface Service {
  readonly image: string;
  readonly privileged?: boolean;
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

describe('the examples', () => {
  it('are all of the files that are not pages', async () => {
    const found = await Promise.all(
      ['images-in-ci', 'patterns'].map(async (folder) =>
        (await readdir(join(DOCS, folder), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
          .map((entry) => join(entry.parentPath, entry.name).slice(DOCS.length + 1)),
      ),
    );
    expect(found.flat().sort()).toEqual([...EXAMPLES].sort());
  });

  it.each(EXAMPLES)('%s names images that this repository builds, at a version', async (file) => {
    const images = [...(await textOf(file)).matchAll(/\/acme\/([\w-]+)(\S*?)['"]?(?=[\s,)]|$)/gm)]
      .filter(([, name]) => name !== 'app')
      .map(([, name = '', version]) => ({ known: existsSync(join(ROOT, 'images', name)), version }));
    for (const one of images) expect(one).toEqual({ known: true, version: ':1.2.3' });
  });

  it.each(['images-in-ci/argo.yaml', 'patterns/kind/app.yaml'])(
    '%s is what a cluster takes',
    async (file) => {
      expect(mistakesOf(await readManifests(join(DOCS, file)))).toEqual([]);
    },
  );

  it.each(['patterns/compose/compose.yaml', 'patterns/docker-in-docker/compose.yaml'])(
    '%s declares what its services use',
    async (file) => {
      const { services, networks, volumes } = await yamlOf<Compose>(file);
      for (const service of Object.values(services)) {
        expect(Object.keys(networks)).toEqual(expect.arrayContaining([...service.networks]));
        const named = service.volumes.map((volume) => volume.split(':')[0]!).filter((name) => name !== '.');
        expect(Object.keys(volumes)).toEqual(expect.arrayContaining(named));
        for (const [name, { condition }] of Object.entries(service.depends_on ?? {}))
          expect([condition, services[name]?.healthcheck]).toEqual(['service_healthy', expect.any(Object)]);
      }
      const privileged = Object.entries(services).filter(([, service]) => service.privileged);
      expect(privileged.map(([name]) => name)).toEqual(file.includes('docker-in-docker') ? ['docker'] : []);
    },
  );

  it('github.yaml has the action that our own workflow has', async () => {
    const pins = (text: string) => text.match(/actions\/checkout@[0-9a-f]{40} # v[\d.]+/g) ?? [];
    const own = pins(await textOf('../.github/workflows/ci.yml'));
    expect(own).toEqual(expect.arrayContaining(pins(await textOf('images-in-ci/github.yaml'))));
  });

  it('kind.yaml opens its port on this machine only', async () => {
    const { nodes } = await yamlOf<{ nodes: { extraPortMappings: { listenAddress: string }[] }[] }>(
      'patterns/kind/kind.yaml',
    );
    const mappings = nodes.flatMap(({ extraPortMappings }) => extraPortMappings);
    expect(mappings.map(({ listenAddress }) => listenAddress)).toEqual(['127.0.0.1']);
  });
});

describe('the Vagrantfile', () => {
  it('has shell scripts that sh reads, and tools that the image has', async () => {
    const text = await textOf('patterns/vagrant/Vagrantfile');
    const scripts = [...text.matchAll(/<<~'SHELL'\n(.*?)\n *SHELL$/gms)].map(([, script]) => script!);
    expect(scripts).toHaveLength(2);
    for (const script of scripts) execFileSync('sh', ['-n'], { input: script });
    const tools = /%w\[(.*?)\]/.exec(text)?.[1]?.split(' ') ?? [];
    const image = await textOf('../images/tooling-k8s/image.json');
    for (const tool of tools) expect(image).toContain(`"${tool}"`);
  });

  it('is Ruby', async ({ skip }) => {
    if (spawnSync('ruby', ['--version']).status !== 0) skip('no ruby on this machine');
    execFileSync('ruby', ['-c'], { input: await textOf('patterns/vagrant/Vagrantfile') });
  });
});
