import { describe, expect, it } from 'vitest';
import {
  digestOf,
  inputDifferences,
  whyLines,
  whyProject,
  type Digest,
  type Json,
  type KnownBuild,
  type KnownLayer,
  type ProjectInput,
  type ProjectWhy,
} from '../src';

function layer(kind: KnownLayer['kind'], owner: string, inputs: Json = {}): KnownLayer {
  return { kind, owner, buildId: digestOf(JSON.stringify([kind, owner, inputs])), inputs };
}

const BOOTSTRAP = layer('bootstrap', 'base');
const K9S = layer('tool', 'k9s', { source: { module: 'k9s@v1' } });
const NEW_K9S = layer('tool', 'k9s', { source: { module: 'k9s@v2' } });
const apt = (curl: string, below = BOOTSTRAP) =>
  layer('apt', 'k8s', { packages: { curl }, chain: [below.buildId] });
const help = (...lines: string[]) => layer('help', 'k8s', { text: `${lines.join('\n')}\n` });

const CONFIG = { Env: ['LANG=C', 'A=b=c'], User: '1000', Labels: { team: 'a' }, Cmd: ['bash'] };
const BEFORE: KnownBuild = { layers: [BOOTSTRAP, apt('8.1'), K9S, help('k8s', 'k9s 1')], config: CONFIG };

function why(
  after: Partial<KnownBuild>,
  stored: readonly Digest[] = [],
  more: Partial<ProjectInput> = {},
): ProjectWhy {
  return whyProject({
    name: 'k8s',
    project: 'image',
    before: BEFORE,
    after: { ...BEFORE, ...after },
    stored: new Set(stored),
    ...more,
  });
}

const lines = (...projects: ProjectWhy[]) =>
  whyLines({
    explainVersion: 2,
    explains: 'why',
    name: 'k8s',
    platform: 'linux/amd64',
    projects,
    blockedBy: [],
  });

describe('what a build would do', () => {
  it('is nothing if nothing differs', () => {
    const same = why({});
    expect(same).toMatchObject({ result: 'same', layers: [], config: [] });
    expect(lines(same)[0]).toBe('k8s linux/amd64: nothing would be built.');
  });

  it('is a build if a layer of its own must be made, and names the input', () => {
    const changed = why({ layers: [BOOTSTRAP, apt('8.2'), K9S, help('k8s', 'k9s 1')] });
    expect(changed.result).toBe('build');
    expect(changed.layers).toMatchObject([
      {
        kind: 'apt',
        change: 'changed',
        own: true,
        inStore: false,
        differences: ['packages.curl: 8.1 → 8.2'],
      },
    ]);
  });

  it('is a restack if the store has the layer', () => {
    expect(why({ layers: [BOOTSTRAP, apt('8.2'), K9S] }, [apt('8.2').buildId]).result).toBe('restack');
  });

  it('is a restack if another project makes the layer, and help is written', () => {
    const restacked = why({ layers: [BOOTSTRAP, apt('8.1'), NEW_K9S, help('k8s', 'k9s 2')] });
    expect(restacked.result).toBe('restack');
    expect(restacked.layers).toMatchObject([
      { kind: 'tool', own: false, differences: ['source.module: k9s@v1 → k9s@v2'] },
      { kind: 'help', own: true, differences: ['text, line 2: k9s 1 → k9s 2'] },
    ]);
  });

  it('names the layers of the chain, not their build ids alone', () => {
    const below = layer('bootstrap', 'base', { required: { dpkg: '2' } });
    const told = why({ layers: [below, apt('8.1', below), K9S] }).layers.find(({ kind }) => kind === 'apt');
    expect(told?.differences).toEqual([
      expect.stringMatching(/^chain\.bootstrap of base: sha256:\w{12}… → sha256:\w{12}…$/),
    ]);
  });

  it('is a restack for labels and start-up, by name and value', () => {
    const config = {
      Env: ['LANG=C.UTF-8', 'A=b=c'],
      User: '1000',
      Labels: { team: 'b', x: 'y' },
      WorkingDir: '/w',
    };
    const restacked = why({ config });
    expect(restacked).toMatchObject({ result: 'restack', layers: [] });
    expect(restacked.config).toEqual([
      'cmd: gone, was ["bash"]',
      'env LANG: C → C.UTF-8',
      'label team: a → b',
      'label x: new, y',
      'workdir: new, /w',
    ]);
  });

  it('reports added and removed layers, and another order', () => {
    const yq = layer('tool', 'yq');
    const moved = why({ layers: [BOOTSTRAP, K9S, apt('8.1'), yq] });
    expect(moved.reordered).toBe(true);
    expect(moved.layers.map(({ kind, owner, change }) => `${kind} ${owner} ${change}`)).toEqual([
      'tool yq new',
      'help k8s gone',
    ]);
    expect(why({ layers: [BOOTSTRAP, K9S, apt('8.1'), help('k8s', 'k9s 1')] }).result).toBe('restack');
  });

  it('distinguishes layers of one kind and owner, as registry images have them', () => {
    const base = (seed: string) => layer('base', 'k8s', { digest: seed });
    const before = { layers: [base('1'), base('2')] };
    const told = why({ layers: [base('1'), base('3')] }, [], { before }).layers;
    expect(told).toMatchObject([{ change: 'changed', differences: ['digest: 2 → 3'] }]);
  });

  it('reports no reasons or labels that are unknown', () => {
    const { inputs: _, ...unknown } = apt('8.0');
    const told = why({}, [], { before: { layers: [BOOTSTRAP, unknown, K9S, help('k8s', 'k9s 1')] } });
    expect(told.layers[0]).not.toHaveProperty('differences');
    expect(told.configKnown).toBe(false);
    expect(lines(told).join('\n')).toContain('since: unknown; the store has no record');
    expect(lines(told).join('\n')).toContain('labels, start-up and help are not compared');
    const { config: _config, ...lost } = BEFORE;
    expect(lines(why({}, [], { before: lost })).join('\n')).toContain(
      'but labels, start-up and help are not',
    );
  });

  it('is printed bottom up, without repetitions', () => {
    const tool = why({ layers: [NEW_K9S] }, [], { name: 'k9s', project: 'tool', before: { layers: [K9S] } });
    const base = why({}, [], { name: 'base' });
    const image = why({ layers: [BOOTSTRAP, apt('8.1'), NEW_K9S, help('k8s', 'k9s 2')] });
    const child = why({}, [], { name: 'child', before: undefined });
    const text = lines(base, tool, image, child)
      .join('\n')
      .replace(/\b[0-9a-f]{12}\b/g, '<id>');
    expect(text).toMatchInlineSnapshot(`
      "k8s linux/amd64: what a build would do now, compared with the last one

      tool k9s: built again
        tool k9s: made, build id <id> → <id>
          since source.module: k9s@v1 → k9s@v2

      image k8s: restacked: assembled again; nothing is installed or compiled
        tool k9s: made by its own build, build id <id> → <id>, as above
        help of k8s: made, build id <id> → <id>
          since text, line 2: k9s 1 → k9s 2

      image child: not built here yet: assembled; nothing is installed or compiled
        bootstrap of base: made by its own build
        apt of k8s: made by its own build
        tool k9s: made by its own build
        help of k8s: made by its own build

      as they were built: base

      A rebuilt layer may have the same digest: then it is not pulled again."
    `);
  });

  it('reports that nothing can be built, not that nothing would be', () => {
    const blockedBy = [{ code: 'lock-stale' as const, message: 'stale' }];
    const told = whyLines({
      explainVersion: 2,
      explains: 'why',
      name: 'k8s',
      platform: 'linux/amd64',
      projects: [],
      blockedBy,
    });
    expect(told.join('\n')).toContain('Nothing can be built before this is fixed:');
    expect(told.join('\n')).not.toContain('nothing would be built');
  });
});

describe('differences of inputs', () => {
  it('compare items with names by name, and other lists by place or by added and removed items', () => {
    const before = {
      users: [
        { name: 'a', uid: 1 },
        { name: 'b', uid: 2 },
      ],
      flags: ['-s', '-X v=1'],
      tags: ['x'],
    };
    const after = { users: [{ name: 'b', uid: 3 }], flags: ['-s', '-X v=2'], tags: ['x', 'y'] };
    expect(inputDifferences(before, after)).toEqual([
      'flags[1]: -X v=1 → -X v=2',
      'tags: new, y',
      'users.a: gone, was {"name":"a","uid":1}',
      'users.b.uid: 2 → 3',
    ]);
  });

  it('find lists of different lengths with the same items', () => {
    expect(inputDifferences({ a: ['x'] }, { a: ['x', 'x'] })).toEqual(['a: ["x"] → ["x","x"]']);
  });
});
