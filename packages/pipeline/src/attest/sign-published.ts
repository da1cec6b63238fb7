import { fail, ok, type Result, type RunContext, type SignedReport } from '@image-tooling/model';
import { openSigner, openVerifier, type SigningSettings } from '@image-tooling/attest';
import { mapResults, type Repository } from '@image-tooling/oci';
import { attachMissing, missingOf, type Missing, type SignedSubject } from './attach';
import type { Signing } from './signature-tag';

export interface SignRequest {
  readonly settings: SigningSettings;
  readonly subjects: readonly SignedSubject[];
  readonly context: RunContext;
  /** Only report what would be written. */
  readonly dryRun: boolean;
  /** Runs `work` with a client of its own, to read back what was written. */
  readonly withOwnClient: <T>(work: (client: Repository) => Promise<T>) => Promise<T>;
}

/**
 * Signs manifests and attaches their statements: only what has no valid signature by the same signer yet. Reads back
 * and verifies what it wrote, and then deletes what that replaces. Can be run again if it was killed. Fails with
 * `signing-failed`, and as the repository does.
 */
export async function signPublished(
  repository: Repository,
  request: SignRequest,
): Promise<Result<SignedReport>> {
  const opened = await openSigning(request);
  if (!opened.ok) return opened;
  const { signer, verifier } = opened.value;
  const missing = await allMissing(repository, request, opened.value);
  if (!missing.ok) return missing;
  const written = missing.value.reduce((sum, one) => sum + countOf(one), 0);
  const present = missing.value.reduce((sum, one) => sum + one.present, 0);
  const report = { signer: signer.name, written, present };
  if (written === 0 || request.dryRun) return ok(report);
  for (const one of missing.value) {
    const attached = await attachMissing(repository, one, opened.value);
    if (!attached.ok) return attached;
  }
  const lost = await request.withOwnClient((client) => allMissing(client, request, { verifier }));
  if (!lost.ok) return lost;
  const first = lost.value.find((one) => countOf(one) > 0);
  if (first) return notKept(first, signer.name);
  await deleteReplaced(repository, missing.value);
  return ok(report);
}

/**
 * Deletes what was replaced: after a return to an earlier content, readers would take the other for as good. Not all
 * registries delete; then the replaced ones stay, and the first that stays ends it.
 */
async function deleteReplaced(repository: Repository, missing: readonly Missing[]): Promise<void> {
  for (const { subject, statements } of missing) {
    const replaced = statements.flatMap(({ replaces = [] }) => replaces);
    const removed = await repository.detach(subject.descriptor.digest, replaced);
    if (!removed.ok) return;
  }
}

async function openSigning({ settings, context }: SignRequest): Promise<Result<Signing>> {
  const signer = await openSigner(settings);
  if (!signer.ok) return signer;
  const verifier = await openVerifier(signer.value.policy);
  return verifier.ok ? ok({ signer: signer.value, verifier: verifier.value, context }) : verifier;
}

function allMissing(
  repository: Repository,
  { subjects }: SignRequest,
  { verifier }: Pick<Signing, 'verifier'>,
): Promise<Result<Missing[]>> {
  return mapResults(subjects, (subject) => missingOf(repository, subject, verifier));
}

function countOf({ statements, tag }: Missing): number {
  return statements.length + (tag ? 1 : 0);
}

function notKept({ subject, statements, tag }: Missing, signer: string): Result<never> {
  const what = [...statements.map(({ kind }) => kind), ...(tag ? ['.sig tag'] : [])].join(', ');
  return fail({
    code: 'signing-failed',
    message: `What was signed for ${subject.label} does not come back from the registry as valid: ${what}.`,
    hint: 'For keyless signing, check "identity", "issuer" and "trustedRoot" of "signing" in nx.json; then publish again.',
    details: [`signed by ${signer}`, `manifest  ${subject.descriptor.digest}`],
  });
}
