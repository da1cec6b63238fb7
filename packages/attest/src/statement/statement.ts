import {
  canonicalJson,
  hexOf,
  jsonObject,
  stringMembers,
  type Digest,
  type Json,
} from '@image-tooling/model';

/** What an attestation says of an image (in-toto attestation, spec/v1/statement.md). */
export interface Statement {
  readonly subject: readonly { readonly digest: Readonly<Record<string, string>> }[];
  readonly predicateType: string;
  readonly predicate: unknown;
}

const TYPE = 'https://in-toto.io/Statement/v1';
/** in-toto attestation, spec/v1/envelope.md: payloadType of the DSSE envelope. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** Returns a statement about a manifest; equal content gives equal bytes. */
export function statementBytes(subject: Digest, predicateType: string, predicate: Json): Buffer {
  const json = { _type: TYPE, subject: [{ digest: { sha256: hexOf(subject) } }], predicateType, predicate };
  return Buffer.from(canonicalJson(json));
}

/** Returns the statement in the payload of an envelope; undefined if it is not one. */
export function parseStatement(payload: Uint8Array): Statement | undefined {
  const { _type, subject, predicateType, predicate } = jsonObject(payload) ?? {};
  if (_type !== TYPE || typeof predicateType !== 'string' || !Array.isArray(subject)) return undefined;
  return { subject: subject.flatMap(digestsOf), predicateType, predicate };
}

/** Returns whether a statement is about a manifest. */
export function isAbout({ subject }: Statement, manifest: Digest): boolean {
  return subject.some(({ digest }) => digest['sha256'] === hexOf(manifest));
}

function digestsOf(row: unknown): Statement['subject'] {
  const { digest } = Object(row) as { readonly digest?: unknown };
  return [{ digest: stringMembers(digest) }];
}
