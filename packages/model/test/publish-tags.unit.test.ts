import { describe, expect, it } from 'vitest';
import {
  aliasesOf,
  higherReleases,
  isSettled,
  isVersionTag,
  releasesFor,
  shortCommit,
  slugOf,
  tagMoves,
  wantedTags,
  type Commit,
  type Digest,
  type PublishMode,
  type TagMove,
} from '../src';
import { shown, valueOf } from './definitions-fixtures';

const COMMIT: Commit = { id: '0123456789abcdef0123456789abcdef01234567', time: 1_700_000_000 };
const OURS: Digest = `sha256:${'1'.repeat(64)}`;
const OTHER: Digest = `sha256:${'2'.repeat(64)}`;
const THIRD: Digest = `sha256:${'3'.repeat(64)}`;
const MAIN: PublishMode = { kind: 'main' };
const BRANCH: PublishMode = { kind: 'branch', branch: 'feature-x', slug: 'feature-x' };
const release = (version: string): PublishMode => ({ kind: 'release', version });

/** OCI distribution-spec 1.1, "Pulling manifests". */
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

describe('slugOf', () => {
  it.each(['feature-x', 'fix_1.2', 'x'.repeat(60)])(
    'is the name itself if it is a valid tag: %s',
    (branch) => {
      expect(slugOf(branch)).toBe(branch);
    },
  );

  it.each([
    ['feature/x', 'feature-x-217d2bf5'],
    ['Feature-x', 'feature-x-3257df2d'],
    ['-x-', 'x-c6cf95e5'],
    ['日本', 'cf2abf0c'],
    ['x'.repeat(61), `${'x'.repeat(51)}-c508e75f`],
  ])('ends with digits of the sha256 otherwise: %s', (branch, expected) => {
    expect(slugOf(branch)).toBe(expected);
  });

  it('is unique for every branch, also if a branch is named like another’s slug', () => {
    const first = [
      'feature/x',
      'feature-x',
      'Feature-X',
      'feature_x',
      'feature//x',
      'x',
      'x/',
      '日本',
      '本日',
    ];
    const long = [`${'x'.repeat(70)}1`, `${'x'.repeat(70)}2`];
    const branches = [...first, ...long];
    const imitations = branches.map(slugOf).filter((slug) => !branches.includes(slug));
    const all = [...branches, ...imitations];
    expect(new Set(all.map(slugOf)).size).toBe(all.length);
  });

  it("never equals another branch's commit tag", () => {
    expect(slugOf('x-0123456789ab')).toMatch(/^x-0123456789ab-[0-9a-f]{8}$/);
  });

  it.each([
    ['a path', '../..'],
    ['dots', '.hidden'],
    ['no letter', '-'],
    ['signs', '@{u}'],
    ['control characters', 'a b\u0000c'],
    ['letters that are not allowed in tags', 'é'.repeat(300)],
    ['a very long one', 'x'.repeat(5000)],
  ])('is a valid tag: %s', (_, branch) => {
    const mode: PublishMode = { kind: 'branch', branch, slug: slugOf(branch) };
    const tags = wantedTags(mode, COMMIT).map(({ tag }) => tag);
    for (const tag of tags) expect(tag).toMatch(TAG);
    expect(Math.max(...tags.map((tag) => tag.length))).toBeLessThanOrEqual(80);
  });
});

describe('wantedTags', () => {
  const tags = (...wanted: Parameters<typeof wantedTags>) =>
    wantedTags(...wanted).map(({ tag, rule }) => `${tag} ${rule}`);

  it.each<[string, PublishMode, string[]]>([
    ['a branch', BRANCH, ['branch-feature-x-0123456789ab always', 'branch-feature-x always']],
    ['main', MAIN, ['main-0123456789ab once', 'main forward']],
    ['a release', release('1.2.3'), ['1.2.3 once', '1.2 forward', '1 forward', 'latest forward']],
    ['one before 1.0.0', release('0.2.3'), ['0.2.3 once', '0.2 forward', 'latest forward']],
    ['a pre-release', release('1.2.3-rc.1'), ['1.2.3-rc.1 once']],
  ])('of %s', (_, mode, expected) => {
    expect(tags(mode, COMMIT)).toEqual(expected);
    expect(shortCommit(COMMIT)).toBe('0123456789ab');
  });

  it('name no commit if the image was altered', () => {
    expect(tags(BRANCH, COMMIT, { altered: true })).toEqual(['branch-feature-x always']);
  });
});

describe('tagMoves', () => {
  /** @param holders by tag; `undefined`: the release is marked as bad */
  function moved(
    mode: PublishMode,
    heads: Record<string, Digest>,
    holders: Record<string, string | undefined> = {},
  ) {
    const facts = {
      heads: new Map(Object.entries(heads)),
      holders: new Map(
        Object.entries(holders).map(([tag, by]) => [tag, by === undefined ? by : { tag: by, digest: OTHER }]),
      ),
    };
    return tagMoves({ image: 'k8s', wanted: wantedTags(mode, COMMIT), facts, index: OURS });
  }

  const words = (moves: readonly TagMove[]) =>
    moves.map(({ tag, action, heldBy }) => [tag, action, heldBy].filter(Boolean).join(' '));
  const open = (moves: readonly TagMove[]) => moves.filter((move) => !isSettled(move)).map(({ tag }) => tag);

  it('creates missing tags', () => {
    expect(words(valueOf(moved(release('1.2.3'), {})))).toEqual([
      '1.2.3 create',
      '1.2 create',
      '1 create',
      'latest create',
    ]);
  });

  it('leaves tags that are up to date, and moves the others', () => {
    const moves = valueOf(moved(MAIN, { 'main-0123456789ab': OURS, main: OTHER }));
    expect(moves).toEqual([
      { tag: 'main-0123456789ab', action: 'same', from: OURS, to: OURS },
      { tag: 'main', action: 'move', from: OTHER, to: OURS },
    ]);
    expect(open(moves)).toEqual(['main']);
  });

  it.each([
    ['it is there', OTHER, []],
    ['it was moved back to ours', OURS, ['main']],
    ['it was moved back to another', THIRD, ['main']],
  ])('leaves main to a newer commit: %s', (_, main, expected) => {
    const newer = 'main-fedcba987654';
    const moves = valueOf(moved(MAIN, { 'main-0123456789ab': OURS, main }, { main: newer }));
    expect(moves[1]).toEqual({ tag: 'main', action: 'held', from: main, to: OTHER, heldBy: newer });
    expect(open(moves)).toEqual(expected);
  });

  it('moves a branch to any digest, also its commit tag', () => {
    const heads = { 'branch-feature-x': OTHER, 'branch-feature-x-0123456789ab': OTHER };
    expect(words(valueOf(moved(BRANCH, heads)))).toEqual([
      'branch-feature-x-0123456789ab move',
      'branch-feature-x move',
    ]);
  });

  it('leaves tags to higher releases, and moves the others', () => {
    const heads = { '1.2.5': OURS, '1.2': OTHER, '1': OTHER };
    const moves = valueOf(moved(release('1.2.5'), heads, { '1': '1.3.0', latest: '2.0.0' }));
    expect(words(moves)).toEqual(['1.2.5 same', '1.2 move', '1 held 1.3.0', 'latest held 2.0.0']);
    expect(open(moves)).toEqual(['1.2', 'latest']);
  });

  it('moves no tag to a release that is marked as bad', () => {
    const bad = { '1.3': undefined, '1': undefined, latest: undefined };
    const moves = valueOf(moved(release('1.3.0'), { '1.3.0': OURS, latest: OTHER }, bad));
    expect(words(moves)).toEqual(['1.3.0 same', '1.3 held', '1 held', 'latest held']);
    expect(open(moves)).toEqual([]);
  });

  it('never overwrites a release', () => {
    expect(shown(moved(release('1.2.3'), { '1.2.3': OTHER, latest: OURS }))).toMatchInlineSnapshot(`
      "error: k8s 1.2.3 is already published with other content. Releases are never changed. (tag-taken)
        in the registry: sha256:2222222222222222222222222222222222222222222222222222222222222222
        to publish:      sha256:1111111111111111111111111111111111111111111111111111111111111111
        help: Release a new version. If 1.2.3 was meant to be this, see what differs: git diff --stat k8s@1.2.3"
    `);
    expect(moved(release('1.2.3-rc.1'), { '1.2.3-rc.1': OTHER }).ok).toBe(false);
  });

  it('never overwrites a commit of main', () => {
    expect(shown(moved(MAIN, { 'main-0123456789ab': OTHER }))).toMatchInlineSnapshot(`
      "error: The tag main-0123456789ab of k8s points to another digest: something else published it. (tag-taken)
        in the registry: sha256:2222222222222222222222222222222222222222222222222222222222222222
        to publish:      sha256:1111111111111111111111111111111111111111111111111111111111111111
        help: Build it again and compare: npx nx run k8s:build-all --skip-nx-cache; a new commit gets a tag of its own."
    `);
  });
});

describe('aliases', () => {
  it.each([
    ['1.2.3', ['1.2', '1', 'latest']],
    ['0.4.0', ['0.4', 'latest']],
    ['1.2.3-rc.1', []],
  ])('of %s', (version, aliases) => {
    expect(aliasesOf(version)).toEqual(aliases);
  });

  it.each([
    ['1.2.3', true],
    ['1.2.3-rc.1', true],
    ['v1.2.3', false],
    ['1.2', false],
    ['latest', false],
    ['1.2.3+x', false],
  ])('%s is a version: %s', (tag, expected) => {
    expect(isVersionTag(tag)).toBe(expected);
  });

  it('may point to releases, the highest first', () => {
    const tags = ['main', '1.2.9', '1.10.0', '1.2.10', '2.0.0-rc.1', '0.9.0', 'latest', '1.2', '1'];
    expect(releasesFor('1.2', tags)).toEqual(['1.2.10', '1.2.9']);
    expect(releasesFor('1', tags)).toEqual(['1.10.0', '1.2.10', '1.2.9']);
    expect(releasesFor('latest', tags)).toEqual(['1.10.0', '1.2.10', '1.2.9', '0.9.0']);
    expect(releasesFor('0', tags)).toEqual([]);
    expect(releasesFor('main', tags)).toEqual([]);
  });

  it.each<[string, string, string[], string[]]>([
    ['1.2.3 after 1.2.4', '1.2.3', ['1.2.3', '1.2.4'], ['1.2 1.2.4', '1 1.2.4', 'latest 1.2.4']],
    ['1.2.5 after 1.3.0', '1.2.5', ['1.2.4', '1.3.0'], ['1.2', '1 1.3.0', 'latest 1.3.0']],
    ['1.10.0 after 1.9.0', '1.10.0', ['1.9.0'], ['1.10', '1', 'latest']],
    ['1.4.0 after 2.0.0', '1.4.0', ['2.0.0'], ['1.4', '1', 'latest 2.0.0']],
    ['1.2.3 after 10.0.0 and 9.0.0', '1.2.3', ['9.0.0', '10.0.0'], ['1.2', '1', 'latest 10.0.0 9.0.0']],
    [
      'tags that are not releases',
      '1.2.3',
      ['2.0.0-rc.1', 'v3.0.0', '4', '5.0', 'main', '6.0.0.0', '07.0.0', 'latest'],
      ['1.2', '1', 'latest'],
    ],
  ])('belong to higher releases: %s', (_, version, tags, expected) => {
    const higher = aliasesOf(version).map((alias) => [alias, ...higherReleases(alias, version, tags)]);
    expect(higher.map((words) => words.join(' '))).toEqual(expected);
  });
});
