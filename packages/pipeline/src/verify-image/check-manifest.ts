import { ok, type Digest, type Result } from '@image-tooling/model';
import {
  PREDICATES,
  statementKind,
  summaryOf,
  testOutcome,
  verificationsIn,
  type ManifestVerdict,
  type Problem,
  type StatementKind,
  type VerifiedStatement,
  type Verification,
  type Verifier,
} from '@image-tooling/attest';
import { isIndexType, type Repository } from '@image-tooling/oci';
import { readAttached, type Attached, type AttachedStatement } from '../attest/attached';
import { withoutReplaced } from '../attest/replaced';
import { readSignatures, type TaggedSignatures } from '../attest/signature-tag';
import type { NamedManifest } from './published/manifests';
import { recipeProblems } from './recipe-problems';

/** A manifest's verdict, and its trusted statements. */
export interface CheckedManifest {
  readonly verdict: ManifestVerdict;
  readonly statements: readonly AttachedStatement[];
}

/** The trusted signers. */
export interface Verifiers {
  /** Those who built the image. */
  readonly publisher: Verifier;
  /** A second party, whose verification summary the image then needs. */
  readonly secondParty?: Verifier | undefined;
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
  { publisher, secondParty }: Verifiers,
): Promise<Result<CheckedManifest>> {
  const { manifest, name } = named;
  const attached = await readAttached(repository, { manifest: manifest.digest, verifier: publisher });
  if (!attached.ok) return attached;
  const tagged = await readSignatures(repository, manifest.digest, publisher);
  if (!tagged.ok) return tagged;
  const others = await summariesBy(repository, manifest.digest, secondParty);
  if (!others.ok) return others;
  const { statements } = attached.value;
  const refused = attached.value.refused.filter(({ digest }) =>
    others.value.every((one) => one.digest !== digest),
  );
  const bundle = statements.find(({ predicateType }) => predicateType === PREDICATES.signature);
  const signer = bundle?.signer ?? tagged.value.signers[0];
  const unsigned = signer === undefined ? [notSigned(name, attached.value, tagged.value)] : [];
  const incomplete = isIndexType(manifest.mediaType) ? [] : statementProblems(named, attached.value);
  const verdict: ManifestVerdict = {
    digest: manifest.digest,
    name,
    ...(signer !== undefined && { signer }),
    signature: { bundle: bundle !== undefined, tag: tagged.value.signers.length > 0 },
    statements: withoutReplaced(statements).flatMap(summaryOf),
    verifications: verificationsIn([...statements.filter(isSummary), ...others.value]),
    problems: [
      ...unsigned,
      ...incomplete,
      ...(secondParty ? secondPartyProblems(name, verificationsIn(others.value)) : []),
    ],
    refused: [...refused.map(refusedText), ...tagged.value.refused.map(({ message }) => ({ message }))],
  };
  return ok({ verdict, statements });
}

/** Returns the verification summaries that a second party signed, and nothing else of it. */
async function summariesBy(
  repository: Repository,
  manifest: Digest,
  verifier: Verifier | undefined,
): Promise<Result<readonly AttachedStatement[]>> {
  if (!verifier) return ok([]);
  const attached = await readAttached(repository, { manifest, verifier, types: new Set([PREDICATES.vsa]) });
  return attached.ok ? ok(attached.value.statements.filter(isSummary)) : attached;
}

function isSummary({ predicateType }: Pick<VerifiedStatement, 'predicateType'>): boolean {
  return predicateType === PREDICATES.vsa;
}

function secondPartyProblems(name: string, found: readonly Verification[]): Problem[] {
  if (found.length === 0)
    return [{ verdict: 'incomplete', message: `${name} has no verification summary of the second party.` }];
  return found
    .filter(({ result }) => result !== 'PASSED')
    .map(({ result, verifier }) => ({
      verdict: 'incomplete',
      message: `${name}: ${verifier} says ${result}.`,
    }));
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
  const name = kind === 'vsa' ? 'verification summary' : (kind ?? 'attachment');
  return { digest, message: `${name} ${digest}: ${failure.message}` };
}
