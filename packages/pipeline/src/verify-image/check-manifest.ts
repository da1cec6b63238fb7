import { ok, type Digest, type Result } from '@image-tooling/model';
import {
  PREDICATES,
  statementKind,
  summaryOf,
  testOutcome,
  withoutOlderScans,
  type ManifestVerdict,
  type Problem,
  type StatementKind,
  type VerifiedStatement,
  type Verifier,
} from '@image-tooling/attest';
import { isIndexType, type Repository } from '@image-tooling/oci';
import { readAttached, type Attached } from '../attest/attached';
import { readSignatures, type TaggedSignatures } from '../attest/signature-tag';
import type { NamedManifest } from './manifests';
import { recipeProblems } from './recipe-problems';

/** A manifest's verdict, and its trusted statements. */
export interface CheckedManifest {
  readonly verdict: ManifestVerdict;
  readonly statements: readonly VerifiedStatement[];
}

/** What an image of one platform must have. */
const NEEDED: readonly (readonly [StatementKind, string])[] = [
  ['provenance', 'provenance (how it was built)'],
  ['cyclonedx', 'SBOM (what is in it)'],
  ['tests', 'test report'],
];

/** Verifies the signatures and statements of one manifest. Fails as the repository does. */
export async function checkManifest(
  repository: Repository,
  named: NamedManifest,
  verifier: Verifier,
): Promise<Result<CheckedManifest>> {
  const { manifest, name } = named;
  const attached = await readAttached(repository, { manifest: manifest.digest, verifier });
  if (!attached.ok) return attached;
  const tagged = await readSignatures(repository, manifest.digest, verifier);
  if (!tagged.ok) return tagged;
  const { statements, refused } = attached.value;
  const bundle = statements.find(({ predicateType }) => predicateType === PREDICATES.signature);
  const signer = bundle?.signer ?? tagged.value.signers[0];
  const unsigned = signer === undefined ? [notSigned(name, attached.value, tagged.value)] : [];
  const incomplete = isIndexType(manifest.mediaType) ? [] : statementProblems(named, attached.value);
  const verdict: ManifestVerdict = {
    digest: manifest.digest,
    name,
    ...(signer !== undefined && { signer }),
    signature: { bundle: bundle !== undefined, tag: tagged.value.signers.length > 0 },
    statements: withoutOlderScans(statements).flatMap(summaryOf),
    problems: [...unsigned, ...incomplete],
    refused: [...refused.map(refusedText), ...tagged.value.refused.map(({ message }) => ({ message }))],
  };
  return ok({ verdict, statements });
}

function notSigned(name: string, { refused }: Attached, tagged: TaggedSignatures): Problem {
  const failures = [...refused.map(({ failure }) => failure), ...tagged.refused];
  if (failures.length === 0) return { verdict: 'unsigned', message: `${name} has no signature.` };
  const isInvalid = failures.some(({ code }) => code !== 'unsigned');
  return {
    verdict: isInvalid ? 'invalid' : 'unsigned',
    message: `${name} has no signature by the trusted signer.`,
  };
}

/** Reports statements that are missing or damaged, failed tests, and provenance of another image. */
function statementProblems(named: NamedManifest, { statements, refused }: Attached): Problem[] {
  const byKind = (kind: StatementKind) =>
    statements.filter((one) => statementKind(one.predicateType) === kind);
  const missing = NEEDED.filter(([kind]) => byKind(kind).length === 0).map(([kind, words]): Problem => {
    const damaged = refused.find(({ predicateType }) => predicateType === PREDICATES[kind]);
    if (!damaged) return { verdict: 'incomplete', message: `${named.name} has no signed ${words}.` };
    const { code, message } = damaged.failure;
    const verdict = code === 'unsigned' ? 'unsigned' : 'invalid';
    return { verdict, message: `${named.name}: its ${words} is not trusted: ${message}` };
  });
  const tests = byKind('tests');
  const failed = tests.length > 0 && !tests.some((one) => testOutcome(one) === 'PASSED');
  return [
    ...missing,
    ...(failed ? [{ verdict: 'incomplete', message: `${named.name}: its tests failed.` } as const] : []),
    ...recipeProblems(named, byKind('provenance')),
  ];
}

function refusedText({ digest, predicateType, failure }: Attached['refused'][number]): {
  readonly digest: Digest;
  readonly message: string;
} {
  const kind = predicateType === undefined ? undefined : (statementKind(predicateType) ?? predicateType);
  return { digest, message: `${kind ?? 'attachment'} ${digest}: ${failure.message}` };
}
