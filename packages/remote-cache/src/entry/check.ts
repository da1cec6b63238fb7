import { verify, type KeyObject } from 'node:crypto';
import { MOST_PAYLOAD_BYTES, signedBytes, type EntryHeader } from './header';
import type { Refusal } from './refusal';

/** What a reader accepts. */
export interface Expected {
  /** The hash that was asked for. */
  readonly hash: string;
  readonly repository: string;
  /** Ed25519 public keys by their id. */
  readonly trusted: ReadonlyMap<string, KeyObject>;
  readonly maxAgeMs: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Clocks of machines differ. */
const FUTURE_MS = 15 * 60_000;

/** Returns why an entry with this header is refused, whatever its payload is; undefined if it is not. */
export function refusedHeader(header: EntryHeader, expected: Expected): Refusal | undefined {
  const key = expected.trusted.get(header.keyId);
  if (!key) return 'unknown-key';
  if (!isSigned(header, key)) return 'signature';
  if (header.hash !== expected.hash) return 'hash';
  if (header.repository !== expected.repository) return 'repository';
  const age = expected.now - Date.parse(header.time);
  if (age > expected.maxAgeMs) return 'expired';
  if (age < -FUTURE_MS) return 'future';
  return header.size > MOST_PAYLOAD_BYTES ? 'too-large' : undefined;
}

/** The algorithm is the key's, and all keys are Ed25519: an entry can't choose one. */
function isSigned(header: EntryHeader, key: KeyObject): boolean {
  const signature = Buffer.from(header.signature, 'base64');
  if (signature.toString('base64') !== header.signature) return false;
  return verify(null, signedBytes(header), key, signature);
}
