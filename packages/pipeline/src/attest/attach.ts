import { canonicalJson, ok, type Digest, type Json, type Result } from '@image-tooling/model';
import {
  BUNDLE_MEDIA_TYPE,
  newestScan,
  PREDICATES,
  statementBytes,
  type StatementKind,
  type VerifiedStatement,
  type Verifier,
} from '@image-tooling/attest';
import type { Descriptor, Repository } from '@image-tooling/oci';
import { PREDICATE_TYPE_ANNOTATION, readAttached, type AttachedStatement } from './attached';
import { withoutReplaced } from './replaced';
import { notTrusted, readSignatures, writeSignature, type Signing } from './signature-tag';

/** A statement that a manifest must have. */
export interface WantedStatement {
  readonly kind: StatementKind;
  /**
   * `once`: a valid one stays, whatever it says: the first publish of these bytes is the one that made them. `same`: one
   * with the same content must be there. `newest`: the newest of its kind must have the same content.
   */
  readonly rule: 'once' | 'same' | 'newest';
  /**
   * Returns its content, undefined if nothing has to be stated.
   *
   * @param attached of the same kind and signer
   */
  readonly predicate: (attached: readonly VerifiedStatement[]) => Promise<Result<Json | undefined>>;
}

/** A manifest to sign. */
export interface SignedSubject {
  readonly descriptor: Descriptor;
  /** For display: "linux/amd64", "index". */
  readonly label: string;
  readonly statements: readonly WantedStatement[];
  /** Leaves the image's own signature as it is: it may be missing. */
  readonly statementsOnly?: true;
}

/** What a manifest lacks. */
export interface Missing {
  readonly subject: SignedSubject;
  readonly statements: readonly MissingStatement[];
  /** Whether the `.sig` tag has no signature of ours. */
  readonly tag: boolean;
  /** How many valid ones are there. */
  readonly present: number;
}

/** A statement to sign. */
export interface MissingStatement {
  readonly kind: StatementKind;
  readonly bytes: Buffer;
  /** Attachments of ours with another content, which it replaces. */
  readonly replaces?: readonly Digest[];
}

const SIGNATURE: WantedStatement = { kind: 'signature', rule: 'once', predicate: async () => ok({}) };

/** Returns the statements and signatures that a manifest lacks. Fails as the repository does. */
export async function missingOf(
  repository: Repository,
  subject: SignedSubject,
  verifier: Verifier,
): Promise<Result<Missing>> {
  const manifest = subject.descriptor.digest;
  const { statementsOnly = false } = subject;
  const wanted = [...(statementsOnly ? [] : [SIGNATURE]), ...subject.statements];
  const types = new Set<string>(wanted.map(({ kind }) => PREDICATES[kind]));
  const attached = await readAttached(repository, { manifest, verifier, types });
  if (!attached.ok) return attached;
  const signers = statementsOnly ? ok([]) : await tagSigners(repository, manifest, verifier);
  if (!signers.ok) return signers;
  const statements: MissingStatement[] = [];
  const tag = !statementsOnly && signers.value.length === 0;
  let present = tag || statementsOnly ? 0 : 1;
  for (const one of wanted) {
    const lacking = await lackingStatement(manifest, one, attached.value.statements);
    if (!lacking.ok) return lacking;
    if (lacking.value === 'present') present += 1;
    else if (lacking.value !== 'nothing to state') statements.push(lacking.value);
  }
  return ok({ subject, statements, tag, present });
}

async function tagSigners(
  repository: Repository,
  manifest: Digest,
  verifier: Verifier,
): Promise<Result<readonly string[]>> {
  const tagged = await readSignatures(repository, manifest, verifier);
  return tagged.ok ? ok(tagged.value.signers) : tagged;
}

async function lackingStatement(
  manifest: Digest,
  { kind, rule, predicate }: WantedStatement,
  there: readonly AttachedStatement[],
): Promise<Result<MissingStatement | 'present' | 'nothing to state'>> {
  const same = there.filter(({ predicateType }) => predicateType === PREDICATES[kind]);
  if (rule === 'once' && same.length > 0) return ok('present');
  const content = await predicate(same);
  if (!content.ok) return content;
  if (content.value === undefined) return ok('nothing to state');
  const wanted = contentOf(kind, content.value);
  const counting = rule === 'newest' ? withoutReplaced(same) : same;
  if (counting.some((one) => contentOf(kind, one.predicate) === wanted)) return ok('present');
  const bytes = statementBytes(manifest, PREDICATES[kind], content.value);
  return ok({ kind, bytes, replaces: same.map(({ digest }) => digest) });
}

/** The time of a VEX and its number, and the time of a scan, don't count. */
function contentOf(kind: StatementKind, predicate: unknown): string {
  const { statements } = Object(predicate) as { readonly statements?: unknown };
  if (kind === 'vex') return canonicalJson(statements as Json);
  const scan = kind === 'scan' ? newestScan([{ predicateType: PREDICATES.scan, predicate }]) : undefined;
  return canonicalJson(scan ? scan.content : (predicate as Json));
}

/** Signs and attaches what a manifest lacks. Fails with `signing-failed`, and as the repository does. */
export async function attachMissing(
  repository: Repository,
  { subject, statements, tag }: Missing,
  signing: Signing,
): Promise<Result<void>> {
  if (statements.length === 0 && !tag) return ok(undefined);
  const step = signing.context.progress.step(`sign ${subject.label}`);
  const done = await attachAll(repository, { subject, statements, tag }, signing);
  if (done.ok) step.done({ origin: 'pushed' });
  else step.failed();
  return done;
}

async function attachAll(
  repository: Repository,
  { subject, statements, tag }: Pick<Missing, 'subject' | 'statements' | 'tag'>,
  signing: Signing,
): Promise<Result<void>> {
  for (const statement of statements) {
    const attached = await attachStatement(repository, subject.descriptor, statement, signing);
    if (!attached.ok) return attached;
  }
  return tag ? writeSignature(repository, subject.descriptor.digest, signing) : ok(undefined);
}

/** Signs a statement, checks that its own policy accepts it, and attaches it. Fails as `attachMissing` does. */
export async function attachStatement(
  repository: Repository,
  subject: Descriptor,
  { kind, bytes }: MissingStatement,
  { signer, verifier }: Pick<Signing, 'signer' | 'verifier'>,
): Promise<Result<Descriptor>> {
  const bundle = await signer.signStatement(bytes);
  if (!bundle.ok) return bundle;
  const checked = await verifier.verifyBundle(bundle.value, subject.digest);
  if (!checked.ok) return notTrusted(signer, checked.failures[0]);
  return repository.attach(subject, {
    artifactType: BUNDLE_MEDIA_TYPE,
    annotations: {
      'dev.sigstore.bundle.content': 'dsse-envelope',
      [PREDICATE_TYPE_ANNOTATION]: PREDICATES[kind],
    },
    content: [{ mediaType: BUNDLE_MEDIA_TYPE, bytes: bundle.value }],
  });
}
