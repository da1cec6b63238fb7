import { canonicalJson, jsonObject } from '@image-tooling/model';

/** The first line of an entry: its format. It also begins what is signed, so that a signature is for nothing else. */
export const FIRST_LINE = 'image-tooling-cache-entry 1\n';

/** Bytes of the second line with its end. Real ones have about 500. */
export const MOST_HEADER_BYTES = 4096;

/** Bytes of a payload. */
export const MOST_PAYLOAD_BYTES = 2_000_000_000;

/** What an entry says about its payload. */
export interface EntryFields {
  /** Nx's hash of the task. */
  readonly hash: string;
  /** sha256 of the public key (SPKI), in hexadecimal digits. */
  readonly keyId: string;
  /** The repository that the task belongs to. */
  readonly repository: string;
  /** From Nx's request for the entry until its result, in whole seconds; 0 if it was not requested. */
  readonly seconds: number;
  /** Of the payload, in hexadecimal digits. */
  readonly sha256: string;
  /** Bytes of the payload. */
  readonly size: number;
  /** When it was written: "2026-11-29T00:35:00.000Z". */
  readonly time: string;
  /** Name of the key that signed it, for display. */
  readonly writer: string;
}

export interface EntryHeader extends EntryFields {
  /** Ed25519, in base64. */
  readonly signature: string;
}

type Check = (value: unknown) => boolean;

/** Digits of hashes and keys are compared as text: one spelling each. */
const MEMBERS: Readonly<Record<keyof EntryHeader, Check>> = {
  hash: (value) => isText(value) && isTaskHash(value),
  keyId: (value) => isText(value) && SHA256.test(value),
  repository: (value) => isText(value) && value !== '',
  seconds: isCount,
  sha256: (value) => isText(value) && SHA256.test(value),
  size: isCount,
  time: (value) => isText(value) && isTime(value),
  writer: isText,
  signature: (value) => isText(value) && SIGNATURE.test(value),
};

const SHA256 = /^[0-9a-f]{64}$/;
/** 64 bytes in base64 (RFC 4648 section 4). */
const SIGNATURE = /^[A-Za-z0-9+/]{86}==$/;

/** Returns whether a text may be a hash of Nx, and the name of an object. */
export function isTaskHash(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,128}$/.test(text);
}

/** Returns the bytes that are signed. */
export function signedBytes(fields: EntryFields): Buffer {
  const { hash, keyId, repository, seconds, sha256, size, time, writer } = fields;
  return Buffer.from(
    `${FIRST_LINE}${canonicalJson({ hash, keyId, repository, seconds, sha256, size, time, writer })}`,
  );
}

/** Returns the two lines before the payload. */
export function headerBytes(header: EntryHeader): Buffer {
  return Buffer.from(`${FIRST_LINE}${canonicalJson({ ...header })}\n`);
}

/**
 * Reads the two lines before the payload. Returns undefined for anything that `headerBytes` does not write: more
 * members, repeated keys, another order, white space. So one header has one spelling.
 */
export function parseHeader(bytes: Buffer): EntryHeader | undefined {
  const text = bytes.toString('utf8');
  if (!text.startsWith(FIRST_LINE)) return undefined;
  const header = headerOf(text.slice(FIRST_LINE.length));
  return header && headerBytes(header).equals(bytes) ? header : undefined;
}

function headerOf(line: string): EntryHeader | undefined {
  const members = jsonObject(Buffer.from(line));
  if (!members || Object.keys(members).length !== Object.keys(MEMBERS).length) return undefined;
  const isValid = Object.entries(MEMBERS).every(([name, isRight]) => isRight(members[name]));
  return isValid ? (members as unknown as EntryHeader) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTime(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}
