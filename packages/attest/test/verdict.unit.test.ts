import { describe, expect, it } from 'vitest';
import {
  PREDICATES,
  summaryOf,
  verdictLines,
  worstOf,
  type ImageVerdict,
  type ManifestVerdict,
  type Problem,
} from '../src';

const INDEX: ManifestVerdict = {
  digest: `sha256:${'1'.repeat(64)}`,
  name: 'index',
  signer: 'key sha256:0123',
  signature: { bundle: true, tag: true },
  statements: [],
  verifications: [],
  problems: [],
  refused: [],
};
const PLATFORM: ManifestVerdict = {
  ...INDEX,
  digest: `sha256:${'2'.repeat(64)}`,
  name: 'linux/amd64',
  signature: { bundle: true, tag: false },
  statements: [
    { title: 'provenance', text: 'demo, commit c0ffee, built by https://ci.example from 3 inputs' },
    { title: 'SBOM', text: 'CycloneDX 1.6, 12 components' },
  ],
  rebuilt: { mode: 'recombine', layers: 5, bytes: 1_000_000, made: 0 },
};

const shown = (manifests: readonly ManifestVerdict[]): string => {
  const verdict: ImageVerdict = {
    verifyVersion: 1,
    reference: 'registry.example/team/demo:1.2.3',
    digest: INDEX.digest,
    verdict: worstOf(manifests),
    policy: 'the given key',
    yanked: [],
    manifests,
  };
  return verdictLines(verdict).join('\n');
};

describe('a verdict', () => {
  it('of a good image says who signed what', () => {
    expect(shown([INDEX, PLATFORM])).toMatchInlineSnapshot(`
      "
      registry.example/team/demo:1.2.3 is verified
        digest   sha256:1111111111111111111111111111111111111111111111111111111111111111
        trusted  the given key
        index  sha256:1111111111111111111111111111111111111111111111111111111111111111
          signed      key sha256:0123 (bundle, .sig tag)
        linux/amd64  sha256:2222222222222222222222222222222222222222222222222222222222222222
          signed      key sha256:0123 (bundle)
          provenance  demo, commit c0ffee, built by https://ci.example from 3 inputs
          SBOM        CycloneDX 1.6, 12 components
          rebuilt     the same digest from 5 layers"
    `);
  });

  it('is the worst of all problems, and names each', () => {
    const problem = (verdict: Problem['verdict']): Problem => ({ verdict, message: `It is ${verdict}.` });
    const { signer: _, ...unsigned } = PLATFORM;
    const bad = { ...unsigned, statements: [], problems: [problem('incomplete'), problem('altered')] };
    expect(shown([{ ...INDEX, problems: [problem('unsigned')] }, bad])).toMatchInlineSnapshot(`
      "
      registry.example/team/demo:1.2.3 is NOT verified: it was changed after it was signed
        digest   sha256:1111111111111111111111111111111111111111111111111111111111111111
        trusted  the given key
        index  sha256:1111111111111111111111111111111111111111111111111111111111111111
          signed      key sha256:0123 (bundle, .sig tag)
          problem     It is unsigned.
        linux/amd64  sha256:2222222222222222222222222222222222222222222222222222222222222222
          rebuilt     the same digest from 5 layers
          problem     It is incomplete.
          problem     It is altered."
    `);
  });

  it('says what was built again, what others found, and that a release was marked as bad', () => {
    const rebuilt = { mode: 'system', layers: 11, bytes: 1, made: 1, commit: 'c0ffee'.repeat(7) } as const;
    const verification = {
      ...{ verifier: 'https://second.example', signer: 'key sha256:4567', result: 'PASSED' },
      ...{ levels: ['SLSA_BUILD_LEVEL_1'], time: '2026-01-02T03:04:05Z', resource: 'pkg:oci/demo' },
    };
    const verdict: ImageVerdict = {
      verifyVersion: 1,
      reference: 'registry.example/team/demo:1.2.3',
      digest: INDEX.digest,
      verdict: 'verified',
      policy: 'the given key',
      yanked: ['loses data'],
      manifests: [{ ...PLATFORM, rebuilt, verifications: [verification] }],
      attested: { signer: 'key sha256:89ab', written: 1, present: 2 },
    };
    const lines = verdictLines(verdict).map((line) => line.trim().replace(/ +/g, ' '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'yanked its publisher marked it as bad: loses data',
        'rebuilt the same bytes from the definitions of commit c0ffeec0ffee: 1 layer made again, 10 taken from the registry',
        'verified PASSED, SLSA_BUILD_LEVEL_1 by https://second.example at 2026-01-02T03:04:05Z, signed by key sha256:4567',
        'verification summaries: 1 attached, 2 already there, signed by key sha256:89ab',
      ]),
    );
  });

  it('says that a statement is missing or that tests failed', () => {
    const problem: Problem = { verdict: 'incomplete', message: 'linux/amd64: its tests failed.' };
    expect(shown([INDEX, { ...PLATFORM, problems: [problem] }])).toContain(
      'is NOT verified: a statement is missing, or its tests failed',
    );
  });

  it('says that not all inputs are in the commit, whether they are files or the source of a tool', () => {
    const source = { commit: 'c0ffee', altered: true };
    const predicate = {
      buildDefinition: { externalParameters: { image: 'demo', source } },
      runDetails: { builder: { id: 'https://ci.example' } },
    };
    expect(summaryOf({ predicateType: PREDICATES.provenance, predicate })).toEqual([
      {
        title: 'provenance',
        text: 'demo, commit c0ffee, with inputs that are not committed, built by https://ci.example from 0 inputs',
      },
    ]);
  });

  it('shows text of the registry on one line, without what a terminal would interpret', () => {
    const refused = [{ message: 'x\u001b[2J\n    signed      key of somebody' }];
    const lines = shown([{ ...INDEX, refused }]).split('\n');
    expect(lines.filter((line) => line.startsWith('    signed'))).toHaveLength(1);
    expect(lines.join('')).not.toContain('\u001b');
  });
});
