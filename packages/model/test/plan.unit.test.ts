import { describe, expect, it } from 'vitest';
import {
  CONSTANT_TIME,
  digestOf,
  inputDifferences,
  packagesDigest,
  planImage,
  type ImagePlan,
  type ImagePlanInput,
  type LayerFile,
  type LayersFile,
  type OriginLayer,
} from '../src';

const DEB = { name: 'dpkg', version: '1.22', architecture: 'amd64', sha256: 'a'.repeat(64) };
const JQ = { name: 'jq', version: '1.7', architecture: 'amd64', sha256: 'b'.repeat(64) };

const BASE: ImagePlanInput = {
  name: 'base',
  platform: 'linux/amd64',
  compression: 'zstd',
  description: 'A base',
  examples: [],
  config: { env: { LANG: 'C.UTF-8' }, user: '1000:1000' },
  labels: {},
  packages: [],
  users: [],
  lock: { time: 1_700_000_000, bootstrap: [DEB], packages: [] },
  tools: [],
};

function planned(input: ImagePlanInput): ImagePlan {
  const plan = planImage(input);
  if (!plan.ok) throw new Error(plan.failures[0].message);
  return plan.value;
}

/** Returns the outputs of an image's build, with every wanted layer. */
function built(plan: ImagePlan): LayersFile {
  const made = [plan.system, plan.files].flatMap((layer): OriginLayer[] =>
    layer ? [{ ...layer, ...blob(layer.buildId) }] : [],
  );
  const layers = [...plan.parent, ...made, ...plan.tools].map(
    ({ inputs: _, ...layer }: OriginLayer & { inputs?: unknown }) => layer,
  );
  const { config, contents, packagesDigest } = plan;
  return { layersVersion: 1, platform: 'linux/amd64', layers, config, contents, packagesDigest };
}

function blob(seed: string) {
  const digest = digestOf(seed);
  return { digest, diffId: digest, size: 10, tarSize: 20, compression: 'zstd' } as const;
}

function tool(name: string, version: string): LayerFile {
  const buildId = digestOf(`${name} ${version}`);
  const layer: OriginLayer = { kind: 'tool', owner: name, buildId, time: CONSTANT_TIME, ...blob(buildId) };
  return {
    layerVersion: 1,
    platform: 'linux/amd64',
    layer,
    tool: { name, version, description: name, source: 'go' },
  };
}

function child(parent: LayersFile, changes: Partial<ImagePlanInput> = {}): ImagePlanInput {
  return {
    ...BASE,
    name: 'child',
    config: {},
    packages: ['jq'],
    lock: { time: 1_700_000_000, on: parent.packagesDigest, packages: [JQ] },
    parent,
    ...changes,
  };
}

describe('an image plan', () => {
  it('orders layers: parent, system, tools by name, files, help', () => {
    const parent = built(planned(BASE));
    const tools = [tool('yq', '4'), tool('helm', '4')];
    const plan = planned(child(parent, { tools, files: { 'etc/x': 'y' } }));
    const order = [...plan.parent, plan.system, ...plan.tools, plan.files, plan.help];
    expect(order.map((layer) => `${layer?.kind} ${layer?.owner}`)).toEqual([
      'bootstrap base',
      'apt child',
      'tool helm',
      'tool yq',
      'files child',
      'help child',
    ]);
  });

  it('gives the same build ids for the same inputs, whatever their order', () => {
    const parent = built(planned(BASE));
    const debs = [JQ, { ...JQ, name: 'less' }];
    const one = planned(child(parent, { lock: { ...child(parent).lock, packages: debs } }));
    const other = planned(child(parent, { lock: { ...child(parent).lock, packages: [...debs].reverse() } }));
    expect(one.system?.buildId).toBe(other.system?.buildId);
  });

  it('keeps the system layer of a child when a tool of the parent changes', () => {
    const withTool = (version: string) => built(planned({ ...BASE, tools: [tool('kubectl', version)] }));
    const [before, after] = [withTool('1'), withTool('2')].map((parent) => planned(child(parent)));
    expect(after?.system?.buildId).toBe(before?.system?.buildId);
    expect(after?.parent).not.toEqual(before?.parent);
  });

  it('computes system layers down the chain again when a package of the parent changes, and keeps tool layers', () => {
    const tools = [tool('helm', '4')];
    const [before, after] = ['1.22', '1.23'].map((version) => {
      const parent = built(planned({ ...BASE, lock: { ...BASE.lock, bootstrap: [{ ...DEB, version }] } }));
      return planned(child(parent, { tools }));
    });
    expect(after?.system?.buildId).not.toBe(before?.system?.buildId);
    expect(after?.tools).toEqual(before?.tools);
  });

  it('builds a system layer again when `omit` changes, but not its order', () => {
    const id = (...omit: string[]) => planned({ ...BASE, omit }).system?.buildId;
    expect(id()).toBe(planned(BASE).system?.buildId);
    expect(id('/a/*', '/b')).not.toBe(id());
    expect(id('/a/*', '/b')).toBe(id('/b', '/a/*'));
    const parent = built(planned(BASE));
    expect(planned(child(parent, { omit: ['/a/*'] })).system?.buildId).not.toBe(
      planned(child(parent)).system?.buildId,
    );
  });

  it('passes nothing to a child that changes with labels, description or examples', () => {
    const changed = { ...BASE, description: 'Another', examples: ['x'], labels: { team: 'y' } };
    expect(built(planned(changed))).toEqual(built(planned(BASE)));
    expect(planned(changed).help.buildId).not.toBe(planned(BASE).help.buildId);
  });

  it('refuses a lock that was made for other packages of the parent', () => {
    const parent = built(planned(BASE));
    const on = packagesDigest(undefined, [JQ]);
    const lockFile = 'deep/pictures/child/lock.json';
    const plan = planImage(child(parent, { lockFile, lock: { ...child(parent).lock, on } }));
    expect(plan.ok ? [] : plan.failures.map(({ code, hint, place }) => ({ code, hint, place }))).toEqual([
      {
        code: 'lock-stale',
        hint: 'Run "npx nx run child:build", which builds its parent first.',
        place: { file: lockFile },
      },
    ]);
  });

  it('inherits config, and drops the inherited cmd if it has an entrypoint of its own', () => {
    const parent = built(planned({ ...BASE, config: { ...BASE.config, cmd: ['bash'] } }));
    expect(planned(child(parent)).config).toMatchObject({
      cmd: ['bash'],
      user: '1000:1000',
      env: { LANG: 'C.UTF-8' },
    });
    expect(planned(child(parent, { config: { entrypoint: ['kubectl'] } })).config).toMatchObject({
      entrypoint: ['kubectl'],
      cmd: [],
    });
  });

  it('writes a help text of tools, packages and examples', () => {
    const parent = built(planned({ ...BASE, tools: [tool('kubectl', '1.36.4')] }));
    expect(planned(child(parent, { examples: ['toolbox jq .'] })).helpText).toMatchInlineSnapshot(`
      "child: A base

      Tools
        kubectl  1.36.4  kubectl (built from source)

      Packages
        jq  1.7

      Examples
        toolbox jq .

      Type toolbox-help to see this again.
      "
    `);
  });
});

describe('the reasons of a build', () => {
  const inputs = (packages: Record<string, string>) => ({ kind: 'apt', format: 1, packages });

  it('name each input that differs, with both values', () => {
    const before = inputs({ 'curl:amd64': `8.1 ${'a'.repeat(64)}`, 'less:amd64': '668' });
    const after = inputs({ 'curl:amd64': `8.2 ${'b'.repeat(64)}`, 'jq:amd64': '1.7' });
    expect(inputDifferences(before, after)).toEqual([
      'packages.curl:amd64: 8.1 aaaaaaaaaaaa… → 8.2 bbbbbbbbbbbb…',
      'packages.jq:amd64: new, 1.7',
      'packages.less:amd64: gone, was 668',
    ]);
  });

  it('are empty for equal inputs, whatever the order of keys', () => {
    expect(inputDifferences({ a: 1, b: ['x'] }, { b: ['x'], a: 1 })).toEqual([]);
  });
});
