import { describe, expect, it } from 'vitest';
import {
  fail,
  gate,
  gateNotes,
  isAltered,
  scanFailures,
  type Digest,
  type Failure,
  type GateFacts,
  type PlatformEvidence,
} from '../src';
import { shown } from './definitions-fixtures';

const BUILT: Digest = `sha256:${'a'.repeat(64)}`;
const TESTED: Digest = `sha256:${'b'.repeat(64)}`;
const TEST = { manifest: BUILT, passed: true, isolated: true };

const GOOD: GateFacts = {
  image: 'k8s',
  mode: { kind: 'release', version: '1.2.3' },
  platforms: [
    { platform: 'linux/amd64', manifest: BUILT, test: TEST },
    { platform: 'linux/arm64', manifest: BUILT, test: TEST },
  ],
  uncommitted: [],
  differing: [],
  allowDirty: false,
  overridden: [],
};

const BRANCH = { kind: 'branch', branch: 'x', slug: 'x' } as const;
const MAIN = { kind: 'main' } as const;

function arm64(evidence: Omit<PlatformEvidence, 'platform'>): GateFacts {
  return { ...GOOD, platforms: [...GOOD.platforms.slice(0, 1), { platform: 'linux/arm64', ...evidence }] };
}

function text(failures: readonly Failure[]): string {
  const [first, ...rest] = failures;
  return first ? shown(fail(first, ...rest)) : '';
}

describe('gate', () => {
  it('accepts tested images, in every mode', () => {
    for (const mode of [GOOD.mode, BRANCH, MAIN]) expect(gate({ ...GOOD, mode })).toEqual([]);
  });

  it.each<[string, Omit<PlatformEvidence, 'platform'>, string]>([
    ['that is not built', {}, 'k8s is not built for linux/arm64.'],
    ['that is not built any more', { test: TEST }, 'k8s is not built for linux/arm64.'],
    ['that is not tested', { manifest: BUILT }, 'k8s is not tested for linux/arm64.'],
    [
      'that was tested before it was built again',
      { manifest: BUILT, test: { ...TEST, manifest: TESTED } },
      'k8s was tested with a digest that differs from the built one for linux/arm64.',
    ],
    [
      'whose test failed',
      { manifest: BUILT, test: { ...TEST, passed: false } },
      'k8s did not pass its test for linux/arm64.',
    ],
    [
      'that was tested with the network',
      { manifest: BUILT, test: { ...TEST, isolated: false } },
      'k8s was tested by an engine that did not cut off the network for linux/arm64.',
    ],
  ])('refuses a platform %s, in every mode', (_, evidence, message) => {
    for (const mode of [GOOD.mode, BRANCH, MAIN])
      expect(gate({ ...arm64(evidence), mode, allowDirty: true })).toMatchObject([
        {
          code: 'not-publishable',
          message,
          hint: expect.stringContaining('npx nx run k8s:test-arm64') as string,
        },
      ]);
  });

  const dirty = { ...GOOD, uncommitted: ['images/k8s/image.json', 'tools/helm/go.sum'] };

  it.each<[string, GateFacts, boolean]>([
    ['a release', dirty, false],
    ['a release, allowed or not', { ...dirty, allowDirty: true }, false],
    ['main', { ...dirty, mode: MAIN, allowDirty: true }, false],
    ['a branch', { ...dirty, mode: BRANCH }, false],
    ['a branch where it is allowed', { ...dirty, mode: BRANCH, allowDirty: true }, true],
  ])('lets uncommitted inputs into %s: see right', (_, facts, passes) => {
    expect(gate(facts)).toMatchObject(
      passes ? [] : [{ code: 'not-publishable', message: 'k8s is built from files that are not committed.' }],
    );
    expect(gateNotes(facts)).toEqual(
      passes
        ? ['k8s is published with changes that are not committed: images/k8s/image.json, tools/helm/go.sum']
        : [],
    );
    expect(isAltered(facts)).toBe(true);
  });

  const differing = {
    ...GOOD,
    differing: ['a', 'b c'].map((name) => ({
      path: `images/k8s/${name}`,
      cause: 'its mode',
      fix: 'Fix <path>',
    })),
  };

  it.each<[string, GateFacts, boolean]>([
    ['a release', differing, false],
    ['main, allowed or not', { ...differing, mode: MAIN, allowDirty: true }, false],
    ['a branch', { ...differing, mode: BRANCH }, false],
    ['a branch where it is allowed', { ...differing, mode: BRANCH, allowDirty: true }, true],
  ])('lets files that are not as committed into %s: see right', (_, facts, passes) => {
    expect(gate(facts)).toMatchObject(
      passes
        ? []
        : [{ code: 'not-publishable', message: 'k8s is not built from committed files: its mode.' }],
    );
    expect(gateNotes(facts)).toEqual(
      passes ? ["k8s can't be published as it is: images/k8s/a and 1 more: its mode"] : [],
    );
    expect(isAltered(facts)).toBe(true);
  });

  it('names the files that are not as committed by cause, with what to do', () => {
    expect(text(gate(differing))).toMatchInlineSnapshot(`
      "error: k8s is not built from committed files: its mode. (not-publishable)
        images/k8s/a
        images/k8s/b c
        help: Fix images/k8s/a"
    `);
  });

  const overridden = { ...GOOD, overridden: [{ tool: 'helm', used: 'release', committed: 'go' }] };

  it.each<[string, GateFacts]>([
    ['the release', overridden],
    ['the main branch', { ...overridden, mode: MAIN }],
  ])('refuses a tool of another source than in %s', (target, facts) => {
    const message = `helm in k8s comes from release; ${target} has it from go, as committed.`;
    expect(gate(facts)).toMatchObject([{ code: 'not-publishable', message }]);
    expect(gateNotes(facts)).toEqual([]);
    expect(isAltered(facts)).toBe(true);
  });

  it('lets a tool of another source into a branch, with a note', () => {
    const facts = { ...overridden, mode: BRANCH };
    expect(gate(facts)).toEqual([]);
    expect(gateNotes(facts)).toEqual([
      'helm comes from release, not from go as committed: not allowed in a release',
    ]);
    expect(isAltered(facts)).toBe(true);
  });

  it('reports every refusal, each with the next step', () => {
    const uncommitted = Array.from({ length: 23 }, (_, index) => `images/k8s/rootfs/${index + 10}`);
    const facts = {
      ...GOOD,
      platforms: [
        { platform: 'linux/amd64' as const, manifest: BUILT, test: { ...TEST, manifest: TESTED } },
        { platform: 'linux/arm64' as const },
      ],
      uncommitted,
      overridden: overridden.overridden,
    };
    expect(text(gate(facts))).toMatchInlineSnapshot(`
      "error: k8s was tested with a digest that differs from the built one for linux/amd64. (not-publishable)
        built:  sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        tested: sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        help: Run: npx nx run k8s:test-amd64

      error: k8s is not built for linux/arm64. (not-publishable)
        help: Run: npx nx run k8s:test-arm64 --skip-nx-cache

      error: k8s is built from files that are not committed. (not-publishable)
        images/k8s/rootfs/10
        images/k8s/rootfs/11
        images/k8s/rootfs/12
        images/k8s/rootfs/13
        images/k8s/rootfs/14
        images/k8s/rootfs/15
        images/k8s/rootfs/16
        images/k8s/rootfs/17
        images/k8s/rootfs/18
        images/k8s/rootfs/19
        images/k8s/rootfs/20
        images/k8s/rootfs/21
        images/k8s/rootfs/22
        images/k8s/rootfs/23
        images/k8s/rootfs/24
        images/k8s/rootfs/25
        images/k8s/rootfs/26
        images/k8s/rootfs/27
        images/k8s/rootfs/28
        images/k8s/rootfs/29
        images/k8s/rootfs/30
        and 2 more
        help: Commit them and run: npx nx run k8s:publish

      error: helm in k8s comes from release; the release has it from go, as committed. (not-publishable)
        nx.json
        help: Unset IMAGE_TOOL_SOURCE and run: npx nx run k8s:test-all

      4 errors in 2 files"
    `);
    expect(text(gate({ ...dirty, mode: BRANCH }))).toMatchInlineSnapshot(`
      "error: k8s is built from files that are not committed. (not-publishable)
        images/k8s/image.json
        tools/helm/go.sum
        help: Commit them and run: npx nx run k8s:publish; or publish this branch with them: npx nx run k8s:publish --allow-dirty"
    `);
  });

  it('warns about uncommitted inputs of a branch image', () => {
    const uncommitted = ['a', 'b', 'c', 'd', 'e'];
    expect(gateNotes({ ...overridden, mode: BRANCH, uncommitted, allowDirty: true })).toMatchInlineSnapshot(`
      [
        "k8s is published with changes that are not committed: a, b, c and 2 more",
        "helm comes from release, not from go as committed: not allowed in a release",
      ]
    `);
    expect(gateNotes(GOOD)).toEqual([]);
    expect(isAltered(GOOD)).toBe(false);
  });
});

describe('a scan', () => {
  const scan = { platform: 'linux/amd64', manifest: BUILT, failing: [] } as const;

  it('that passed for the built digest refuses nothing', () => {
    expect(scanFailures('k8s', scan, BUILT)).toEqual([]);
  });

  it('with findings refuses, and names them', () => {
    const failing = Array.from({ length: 12 }, (_, at) => `CVE-2026-${at} openssl 3.5.1-1`);
    expect(text(scanFailures('k8s', { ...scan, failing }, BUILT))).toMatchInlineSnapshot(`
      "error: k8s did not pass its scan for linux/amd64. (not-publishable)
        CVE-2026-0 openssl 3.5.1-1
        CVE-2026-1 openssl 3.5.1-1
        CVE-2026-2 openssl 3.5.1-1
        CVE-2026-3 openssl 3.5.1-1
        CVE-2026-4 openssl 3.5.1-1
        CVE-2026-5 openssl 3.5.1-1
        CVE-2026-6 openssl 3.5.1-1
        CVE-2026-7 openssl 3.5.1-1
        CVE-2026-8 openssl 3.5.1-1
        CVE-2026-9 openssl 3.5.1-1
        and 2 more
        help: See what fixes it: npx nx run k8s:scan-amd64"
    `);
  });

  it('of another digest refuses', () => {
    expect(text(scanFailures('k8s', scan, TESTED))).toMatchInlineSnapshot(`
      "error: k8s was scanned with a digest that differs from the built one for linux/amd64. (not-publishable)
        built:   sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
        scanned: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        help: Run: npx nx run k8s:build-amd64 --skip-nx-cache"
    `);
  });
});
