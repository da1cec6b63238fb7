import { describe, expect, it } from 'vitest';
import {
  digestOf,
  EXPIRES_ANNOTATION,
  prunePlan,
  type Digest,
  type ManifestNode,
  type PruneInput,
} from '../src';

const NOW = Date.UTC(2026, 5, 1) / 1000;
const PAST = { [EXPIRES_ANNOTATION]: '2026-05-31T23:59:59Z' };
const FUTURE = { [EXPIRES_ANNOTATION]: '2026-06-01T00:00:01Z' };

/** Manifests have a word as name; their digest is that of the word. */
const d = (name: string): Digest => digestOf(name);
const list = (name: string) => `sha256-${d(name).slice('sha256:'.length)}`;

interface Node {
  readonly name: string;
  readonly children?: readonly string[];
  readonly subject?: string;
  readonly annotations?: Record<string, string>;
}

function input(nodes: readonly Node[], tags: Record<string, string>): PruneInput {
  return {
    now: NOW,
    nodes: nodes.map(({ name, children = [], subject, annotations = {} }): ManifestNode => ({
      digest: d(name),
      children: children.map(d),
      ...(subject !== undefined && { subject: d(subject) }),
      annotations,
    })),
    tags: Object.entries(tags).map(([tag, name]) => ({ tag, digest: d(name) })),
  };
}

/** A plan as text: deletions in order, and what is kept with the reason. */
function plan(nodes: readonly Node[], tags: Record<string, string>) {
  const names = new Map(nodes.map(({ name }) => [d(name), name]));
  const worded = (text: string) =>
    text.replace(/sha256:[0-9a-f]{64}/g, (digest) => names.get(digest as Digest) ?? '?');
  const found = prunePlan(input(nodes, tags));
  const name = (digest: Digest) => names.get(digest) ?? '?';
  return {
    goes: found.deletions.map(({ digest }) => name(digest)),
    reasons: found.deletions.map(({ reason }) => worded(reason)),
    stays: Object.fromEntries(found.kept.map(({ digest, reason }) => [name(digest), worded(reason)])),
  };
}

const before = (order: readonly unknown[], first: string, second: string) =>
  expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));

describe('prunePlan', () => {
  it('deletes an expired branch image with its platforms, the index first, and reports its tags', () => {
    const nodes = [
      { name: 'index', children: ['amd64', 'arm64'], annotations: PAST },
      { name: 'amd64' },
      { name: 'arm64' },
    ];
    const tags = { 'branch-x': 'index', 'branch-x-0123456789ab': 'index' };
    const { goes, stays, reasons } = plan(nodes, tags);
    expect(goes[0]).toBe('index');
    expect([...goes].sort()).toEqual(['amd64', 'arm64', 'index']);
    expect(reasons).toEqual([
      'expired 2026-05-31T23:59:59Z',
      'nothing that is kept refers to it',
      'nothing that is kept refers to it',
    ]);
    expect(stays).toEqual({});
    expect(prunePlan(input(nodes, tags)).deletions[0]?.tags).toEqual(['branch-x', 'branch-x-0123456789ab']);
  });

  it('keeps the platforms that another index has', () => {
    const nodes = [
      { name: 'old', children: ['shared', 'own'], annotations: PAST },
      { name: 'main', children: ['shared'] },
      { name: 'shared' },
      { name: 'own' },
    ];
    expect(plan(nodes, { 'branch-x': 'old', main: 'main' })).toEqual({
      goes: ['old', 'own'],
      reasons: ['expired 2026-05-31T23:59:59Z', 'nothing that is kept refers to it'],
      stays: { main: 'tag main', shared: 'referenced by main' },
    });
  });

  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['that has not expired', FUTURE, { 'branch-x': 'index' }, 'expires 2026-06-01T00:00:01Z'],
    ['that has not expired, though its tag has moved on', FUTURE, {}, 'expires 2026-06-01T00:00:01Z'],
    ['with no expiry', {}, { 'branch-x': 'index' }, 'tag branch-x, without an expiry'],
    [
      'with an invalid expiry',
      { [EXPIRES_ANNOTATION]: 'soon' },
      { 'branch-x': 'index' },
      'tag branch-x, without an expiry',
    ],
    ['with another tag', PAST, { 'branch-x': 'index', demo: 'index' }, 'tag demo'],
    ['that is no branch image', PAST, { '1.2.3': 'index' }, 'tag 1.2.3'],
    [
      'of a release that has no tag yet',
      { 'org.opencontainers.image.version': '1.2.3' },
      {},
      'release 1.2.3',
    ],
    ['with a tag of cosign', PAST, { [`${list('other')}.sig`]: 'index' }, `tag ${list('other')}.sig`],
  ])('keeps an index %s, and all it has', (_, annotations, tags, reason) => {
    const nodes = [{ name: 'index', children: ['amd64'], annotations }, { name: 'amd64' }];
    const { goes, stays } = plan(nodes, tags);
    expect(goes).toEqual([]);
    expect(stays['index']).toBe(reason);
    expect(stays['amd64']).toMatch(/^referenced by /);
  });

  it('deletes signatures in tags of cosign with their image, before it, and keeps those of others', () => {
    const nodes = [
      { name: 'index', annotations: PAST },
      { name: 'signature', subject: 'index' },
      { name: 'main' },
      { name: 'signature of main', subject: 'main' },
    ];
    const tags = {
      'branch-x': 'index',
      main: 'main',
      [`${list('index')}.sig`]: 'signature',
      [`${list('main')}.sig`]: 'signature of main',
    };
    const { goes, stays } = plan(nodes, tags);
    expect([...goes].sort()).toEqual(['index', 'signature']);
    before(goes, 'signature', 'index');
    expect(stays).toEqual({ main: 'tag main', 'signature of main': 'referenced by main' });
  });

  it('deletes what has no tag and no referrer', () => {
    const nodes = [
      { name: 'main' },
      { name: 'left', children: ['below'] },
      { name: 'below' },
      { name: 'gone', annotations: PAST },
    ];
    const { goes, stays } = plan(nodes, { main: 'main' });
    expect([...goes].sort()).toEqual(['below', 'gone', 'left']);
    before(goes, 'left', 'below');
    expect(stays).toEqual({ main: 'tag main' });
  });

  const attached = [
    { name: 'index', children: ['amd64'], annotations: PAST },
    { name: 'amd64' },
    { name: 'signature', subject: 'index' },
    { name: 'sbom', subject: 'amd64' },
    { name: 'sbom signature', subject: 'sbom' },
    { name: 'list', children: ['sbom'] },
  ];

  it('deletes what is attached before what it is attached to, the fallback list in between', () => {
    const { goes, reasons, stays } = plan(attached, { 'branch-x': 'index', [list('amd64')]: 'list' });
    expect(stays).toEqual({});
    for (const [first, second] of [
      ['signature', 'index'],
      ['index', 'amd64'],
      ['sbom signature', 'sbom'],
      ['sbom', 'list'],
      ['list', 'amd64'],
    ] as const)
      before(goes, first, second);
    expect(reasons[goes.indexOf('sbom')]).toBe('attached to amd64, which is deleted');
    expect(reasons[goes.indexOf('list')]).toBe('lists what is attached to amd64, which is deleted');
  });

  it('keeps attachments of what it keeps, and subjects of tagged attachments', () => {
    const tags = { 'branch-x': 'index', [list('amd64')]: 'list' };
    const kept = plan(attached, { ...tags, pinned: 'amd64' });
    expect(kept.goes).toEqual(['signature', 'index']);
    expect(kept.stays).toEqual({
      amd64: 'tag pinned',
      sbom: 'referenced by pinned',
      'sbom signature': 'referenced by pinned',
      list: 'referenced by pinned',
    });
    expect(plan(attached, { ...tags, 'my-signature': 'signature' }).goes).toEqual([]);
  });

  it('keeps the list of an unknown manifest', () => {
    const nodes = [
      { name: 'list', children: ['sbom'] },
      { name: 'sbom', subject: 'unknown' },
    ];
    expect(plan(nodes, { [list('unknown')]: 'list' }).goes).toEqual([]);
  });

  it('deletes nothing if something could not be read', () => {
    const { nodes, ...rest } = input([{ name: 'old', annotations: PAST }], {
      'branch-x': 'old',
      strange: 'strange',
    });
    const found = prunePlan({ ...rest, nodes: [...nodes, { digest: d('strange'), annotations: {} }] });
    expect(found.deletions).toEqual([]);
    expect(found.kept.map(({ reason }) => reason)).toEqual(
      Array(2).fill('strange could not be read, and may need it'),
    );
  });

  it('ignores tags and children that are not there', () => {
    const nodes = [{ name: 'main', children: ['missing'] }];
    expect(plan(nodes, { main: 'main', 'branch-x': 'nothing' })).toMatchObject({
      goes: [],
      stays: { main: 'tag main' },
    });
  });

  it('ends if manifests contain each other', () => {
    const nodes = [
      { name: 'a', children: ['b'], subject: 'b', annotations: PAST },
      { name: 'b', children: ['a'], subject: 'a' },
    ];
    expect([...plan(nodes, { 'branch-x': 'a' }).goes].sort()).toEqual(['a', 'b']);
  });

  it('never deletes what a kept manifest refers to, in random repositories', () => {
    const random = generator(7);
    for (let round = 0; round < 300; round++) {
      const { nodes, tags } = randomRepository(random);
      const { goes, stays } = plan(nodes, tags);
      expect([...goes, ...Object.keys(stays)].sort()).toEqual(nodes.map(({ name }) => name).sort());
      for (const { name, children = [], subject } of nodes) {
        if (name in stays) for (const child of children) expect(goes, child).not.toContain(child);
        if (goes.includes(name))
          for (const child of children.filter((one) => goes.includes(one))) before(goes, name, child);
        if (subject !== undefined) expect(goes.includes(name), name).toBe(goes.includes(subject));
        if (subject !== undefined && goes.includes(name)) before(goes, name, subject);
      }
      for (const [tag, name] of Object.entries(tags))
        if (!tag.startsWith('branch-')) expect(goes).not.toContain(name);
    }
  });
});

/** Of a linear congruence (Numerical Recipes, "ranqd1"): equal numbers in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Later manifests contain earlier ones, as digests have it. */
function randomRepository(random: (below: number) => number): {
  nodes: Node[];
  tags: Record<string, string>;
} {
  const nodes = Array.from({ length: 2 + random(10) }, (_, at): Node => {
    const children = Array.from({ length: at === 0 ? 0 : random(3) }, () => `n${random(at)}`);
    const annotations = [{}, PAST, FUTURE, PAST][random(4)] ?? {};
    const subject = at > 0 && random(3) === 0 ? { subject: `n${random(at)}` } : {};
    return { name: `n${at}`, children, annotations, ...subject };
  });
  const tags = Array.from({ length: random(6) }, (_, at) => {
    const tag = random(3) === 0 ? `v${at}` : `branch-${at}`;
    return [tag, `n${random(nodes.length)}`] as const;
  });
  return { nodes, tags: Object.fromEntries(tags) };
}
