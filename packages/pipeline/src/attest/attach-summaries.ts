import {
  claimsOf,
  isNewer,
  PREDICATES,
  statementBytes,
  verificationOf,
  type Verifier,
} from '@image-tooling/attest';
import { fail, ok, type Json, type Result, type SignedReport } from '@image-tooling/model';
import { mapResults, type Descriptor, type Repository } from '@image-tooling/oci';
import { attachStatement } from './attach';
import { readAttached, type AttachedStatement } from './attached';
import type { Signing } from './signature-tag';

/** A verification summary to attach. */
export interface SummarySubject {
  readonly descriptor: Descriptor;
  /** For display: "linux/amd64", "index". */
  readonly label: string;
  readonly summary: Json;
}

/**
 * Signs and attaches verification summaries. A manifest whose newest summary by the same signer claims the same gets no
 * other one. Reads back what it wrote. Fails with `signing-failed`, and as the repository does.
 *
 * @param withOwnClient runs its work with a client that knows nothing of the writes
 */
export async function attachSummaries(
  repository: Repository,
  subjects: readonly SummarySubject[],
  signing: Signing,
  withOwnClient: <T>(work: (client: Repository) => Promise<T>) => Promise<T>,
): Promise<Result<SignedReport>> {
  const { signer, verifier, context } = signing;
  const lacking = await subjectsWithout(repository, subjects, verifier, isClaimed);
  if (!lacking.ok) return lacking;
  for (const subject of lacking.value) {
    const step = context.progress.step(`sign the verification of ${subject.label}`);
    const bytes = statementBytes(subject.descriptor.digest, PREDICATES.vsa, subject.summary);
    const attached = await attachStatement(repository, subject.descriptor, { kind: 'vsa', bytes }, signing);
    if (!attached.ok) {
      step.failed();
      return attached;
    }
    step.done({ origin: 'pushed' });
  }
  const written = lacking.value.length;
  const lost = await withOwnClient((client) => subjectsWithout(client, lacking.value, verifier, isThere));
  if (!lost.ok) return lost;
  if (lost.value.length > 0) return notKept(lost.value);
  return ok({ signer: signer.name, written, present: subjects.length - written });
}

type Test = (subject: SummarySubject, there: readonly AttachedStatement[]) => boolean;

async function subjectsWithout(
  repository: Repository,
  subjects: readonly SummarySubject[],
  verifier: Verifier,
  has: Test,
): Promise<Result<SummarySubject[]>> {
  const types = new Set([PREDICATES.vsa]);
  const found = await mapResults(subjects, async (subject): Promise<Result<SummarySubject[]>> => {
    const read = await readAttached(repository, { manifest: subject.descriptor.digest, verifier, types });
    if (!read.ok) return read;
    const there = read.value.statements.filter(({ predicateType }) => predicateType === PREDICATES.vsa);
    return ok(has(subject, there) ? [] : [subject]);
  });
  return found.ok ? ok(found.value.flat()) : found;
}

/** Only the newest counts: an image can fail after it has passed, and pass again. */
const isClaimed: Test = ({ summary }, there) => {
  const [first, ...others] = there;
  if (!first) return false;
  const newest = others.reduce((a, b) => (isNewer(verificationOf(b), verificationOf(a)) ? b : a), first);
  return claimsOf(newest.predicate) === claimsOf(summary);
};

const isThere: Test = ({ descriptor, summary }, there) => {
  const bytes = statementBytes(descriptor.digest, PREDICATES.vsa, summary);
  return there.some(({ payload }) => bytes.equals(payload));
};

function notKept(subjects: readonly SummarySubject[]): Result<never> {
  return fail({
    code: 'signing-failed',
    message: `The verification of ${subjects.map(({ label }) => label).join(', ')} does not come back from the registry as valid.`,
    hint: 'Run it again; for keyless signing, check "identity", "issuer" and "trustedRoot" of "signing" in nx.json.',
  });
}
