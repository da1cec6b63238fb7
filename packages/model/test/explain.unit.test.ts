import { describe, expect, it } from 'vitest';
import {
  digestOf,
  explainImage,
  explainTool,
  imageExplanationLines,
  toolExplanationLines,
  type BuildRecord,
  type RecordedLayer,
  type ToolEntry,
  type WorkspaceImage,
} from '../src';

function layer(kind: RecordedLayer['kind'], owner: string, more: Partial<RecordedLayer> = {}): RecordedLayer {
  const digest = digestOf(`${kind} ${owner}`);
  const facts = { buildId: digest, diffId: digest, size: 1_000_000, tarSize: 3_000_000 };
  return { kind, owner, digest, inStore: true, ...facts, ...more };
}

const BOOTSTRAP = layer('bootstrap', 'base', { packages: 81 });
const YQ = layer('tool', 'yq');
const AWS = layer('apt', 'aws', { packages: 1, size: 38_000_000, tarSize: 195_000_000 });
const TOOLS: readonly ToolEntry[] = [{ name: 'yq', version: '4.1', description: 'YAML', source: 'go' }];

function image(
  name: string,
  layers: readonly RecordedLayer[],
  tools: readonly string[] = [],
): WorkspaceImage {
  return { name, tools, digests: layers.map(({ digest }) => digest) };
}

const BASE = image('base', [BOOTSTRAP]);
const K8S = image('k8s', [BOOTSTRAP, YQ], ['yq']);
const CI = image('ci', [BOOTSTRAP, YQ], ['yq']);
const TOP = image('aws', [BOOTSTRAP, YQ, AWS]);

function record(layers: readonly RecordedLayer[]): BuildRecord {
  return {
    name: 'aws',
    description: 'Cloud tools',
    platform: 'linux/amd64',
    manifest: digestOf('manifest'),
    config: digestOf('config'),
    layers,
    contents: { tools: TOOLS, packages: [] },
  };
}

function explained(layers = [BOOTSTRAP, YQ, AWS, layer('help', 'aws')], chain = [BASE, K8S, TOP]) {
  const images = [BASE, K8S, TOP, CI, image('new', [])];
  return explainImage({ record: record(layers), chain, foundation: 'Debian trixie', images });
}

describe('an explained image', () => {
  it('lists for each layer the image that added it, and those that share it', () => {
    const rows = explained().layers.map(({ number, kind, image, own, sharedWith, tool }) => ({
      row: `${number} ${kind} of ${image}${own ? ', own' : ''}`,
      sharedWith,
      ...(tool && { tool }),
    }));
    expect(rows).toEqual([
      { row: '1 bootstrap of base', sharedWith: ['base', 'k8s', 'ci'] },
      { row: '2 tool of k8s', sharedWith: ['k8s', 'ci'], tool: { version: '4.1', source: 'go' } },
      { row: '3 apt of aws, own', sharedWith: [] },
      { row: '4 help of aws, own', sharedWith: [] },
    ]);
  });

  it('adds up inherited and own layers', () => {
    expect(explained().totals).toEqual({
      inherited: { layers: 2, size: 2_000_000, unpacked: 6_000_000 },
      own: { layers: 2, size: 39_000_000, unpacked: 198_000_000 },
      all: { layers: 4, size: 41_000_000, unpacked: 204_000_000 },
    });
  });

  it('finds a tool’s image if the parent was built again since, without that layer', () => {
    const chain = [BASE, image('k8s', [BOOTSTRAP], ['yq']), TOP];
    expect(explained(undefined, chain).layers[1]).toMatchObject({ image: 'k8s', own: false });
  });

  it('counts a tool as its own that no ancestor has', () => {
    const chain = [BASE, image('k8s', [BOOTSTRAP]), image('aws', [BOOTSTRAP, YQ, AWS], ['yq'])];
    expect(explained(undefined, chain).layers[1]).toMatchObject({ image: 'aws', own: true });
  });

  it('is printed as a table by images', () => {
    expect(imageExplanationLines(explained()).join('\n')).toMatchInlineSnapshot(`
      "aws linux/amd64: Cloud tools
      based on k8s, base, Debian trixie

      #  layer                     size  unpacked  build id      digest
      from base, also in k8s, ci
      1  bootstrap, 81 packages  1.0 MB    3.0 MB  002e4a467754  002e4a467754
      from k8s, also in ci
      2  tool yq 4.1             1.0 MB    3.0 MB  a61541500271  a61541500271
      own
      3  apt, 1 package           38 MB    195 MB  01cdf7295fe5  01cdf7295fe5
      4  help                    1.0 MB    3.0 MB  8d8be8f08517  8d8be8f08517  only here

                 layers    size  unpacked
      inherited       2  2.0 MB    6.0 MB
      own             2   39 MB    198 MB
      all             4   41 MB    204 MB

      manifest  sha256:05b3abf2579a5eb66403cd78be557fd860633a1fe2103c7642030defe32c657f
      store     has all 4 layers
      what a build would do now: npx nx run aws:explain --why"
    `);
  });

  it('lists what the store lacks, and how to make it again', () => {
    const lines = imageExplanationLines(explained([{ ...BOOTSTRAP, inStore: false }, YQ]));
    expect(lines.find((line) => line.includes('bootstrap'))).toContain('not in the store');
    expect(lines).toContain('store     lacks 1 of 2 layers: bootstrap of base');
    expect(lines).toContain('          to pull or build them: npx nx run aws:load');
    const none = imageExplanationLines(explained([{ ...BOOTSTRAP, inStore: false }]));
    expect(none).toContain('store     has none of its layers');
  });

  it('fits a terminal, however many images share its layers', () => {
    const many = Array.from({ length: 30 }, (_, at) =>
      image(`some-image-${at}`, [YQ, ...(at % 2 ? [BOOTSTRAP] : [])]),
    );
    const images = [BASE, K8S, TOP, ...many];
    const told = explainImage({
      record: record([BOOTSTRAP, YQ]),
      chain: [BASE, K8S, TOP],
      foundation: '',
      images,
    });
    const lines = imageExplanationLines(told);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join('\n')).toContain('some-image-29');
  });
});

describe('an explained tool', () => {
  const input = {
    name: 'yq',
    description: 'YAML',
    platform: 'linux/amd64',
    version: '4.1',
    source: 'go',
    layer: YQ,
    lock: { lockVersion: 1, version: '4.1', go: { module: 'm.example/yq', version: 'v4.1', time: 0 } },
    images: [
      { ...BASE, below: [] },
      { ...K8S, below: ['base'] },
      { ...TOP, below: ['base', 'k8s'] },
      { ...CI, digests: [], below: ['base'] },
    ],
  } as const;

  it('has its layer, what is locked of its source, and the images that have it', () => {
    const told = explainTool(input);
    expect(told.images).toEqual([
      { name: 'k8s', hasLayer: true },
      { name: 'aws', hasLayer: true },
      { name: 'ci', hasLayer: false },
    ]);
    expect(told.source).toEqual({
      kind: 'go',
      lockedVersion: '4.1',
      locked: { module: 'm.example/yq', version: 'v4.1', time: '1970-01-01T00:00:00.000Z' },
    });
    expect(toolExplanationLines(told).join('\n')).toMatchInlineSnapshot(`
      "yq 4.1 linux/amd64: YAML
      source      go
        module    m.example/yq
        version   v4.1
        time      1970-01-01T00:00:00.000Z
      layer       1.0 MB, unpacked 3.0 MB
        build id  sha256:a615415002713b3b34e7619ad837e37013a84a383159aa04f0c2e59d4e30a75f
        digest    sha256:a615415002713b3b34e7619ad837e37013a84a383159aa04f0c2e59d4e30a75f
        diff id   sha256:a615415002713b3b34e7619ad837e37013a84a383159aa04f0c2e59d4e30a75f
        store     has it
      images      k8s, aws, ci (not built with it)
      what a build would do now: npx nx run yq:explain --why"
    `);
  });

  it('reports that another version is locked than was built', () => {
    const told = explainTool({ ...input, lock: { ...input.lock, version: '4.2' } });
    expect(toolExplanationLines(told)).toContain('source      go; 4.2 is locked now, and not built yet');
  });

  it('shows of a release what is locked for the platform', () => {
    const locked = { url: 'https://vendor.invalid/yq', sha256: 'a'.repeat(64), size: 12 };
    const lock = { lockVersion: 1, version: '4.1', release: { 'linux/amd64': locked } } as const;
    expect(explainTool({ ...input, source: 'release', lock }).source.locked).toEqual({
      ...locked,
      size: '12',
    });
  });
});
