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
