import { generateKeyPairSync, sign } from 'node:crypto';
import { canonicalJson } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { FIRST_LINE, headerBytes, signedBytes, type EntryHeader } from '../src/entry/header';
import { readEntry, type ReadEntry } from '../src/entry/read';
import { signedHeader } from '../src/entry/sign';
import { keyIdOf } from '../src/keys/key-id';
import { DAY_MS, entryOf, expectedWith, fieldsFor, HASH, newSigner, NOW, REPOSITORY } from './entries';

const SIGNER = newSigner();
const OTHER = newSigner('other');
const EXPECTED = expectedWith(SIGNER);
const PAYLOAD = Buffer.from('payload of a task, long enough for flips'.repeat(20));
const GOOD = entryOf(PAYLOAD, SIGNER);
const HEADER_END = GOOD.indexOf('\n', FIRST_LINE.length) + 1;

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, pieceBytes = 64): Promise<{ result: ReadEntry; written: Buffer }> {
  const pieces: Uint8Array[] = [];
  const result = await readEntry(inPieces(bytes, pieceBytes), EXPECTED, async (piece) => {
    pieces.push(Buffer.from(piece));
  });
  return { result, written: Buffer.concat(pieces) };
}

async function refusal(bytes: Buffer): Promise<string | undefined> {
  const { result } = await read(bytes);
  return 'refused' in result ? result.refused : undefined;
}

describe('a good entry', () => {
  it.each([1, 7, 64, 100_000])('is read in pieces of %i bytes', async (size) => {
    const { result, written } = await read(GOOD, size);
    expect(result).toMatchObject({ header: { hash: HASH, writer: 'ci', size: PAYLOAD.length } });
    expect(written.equals(PAYLOAD)).toBe(true);
  });

  it('may have an empty payload', async () => {
    expect((await read(entryOf(Buffer.alloc(0), SIGNER))).result).toHaveProperty('header');
  });

  it('may be a little from the future, since clocks differ', async () => {
    const time = new Date(NOW + 60_000).toISOString();
    expect((await read(entryOf(PAYLOAD, SIGNER, { time }))).result).toHaveProperty('header');
  });
});

const header = (): Record<string, unknown> =>
  JSON.parse(GOOD.subarray(FIRST_LINE.length, HEADER_END).toString()) as Record<string, unknown>;
const GOOD_LINE = GOOD.subarray(FIRST_LINE.length, HEADER_END - 1).toString();
/** An entry with this second line, whatever it is. */
const withLine = (line: string): Buffer => Buffer.concat([Buffer.from(`${FIRST_LINE}${line}\n`), PAYLOAD]);
/** A header with members changed after it was signed. */
const altered = (changes: object): Buffer => withLine(canonicalJson({ ...header(), ...changes } as never));
const flipped = (at: number, bit = 1): Buffer => {
  const bytes = Buffer.from(GOOD);
  bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
  return bytes;
};
/** Writes another of two digits at a place: a flipped bit may make one that is not valid there. */
const replaced = (at: number, [one = '', other = '']: string): Buffer => {
  const bytes = Buffer.from(GOOD);
  bytes.write(String.fromCharCode(bytes.readUInt8(at)) === one ? other : one, at, 'latin1');
  return bytes;
};
const signedWith = (changes: Partial<EntryHeader>, signer = SIGNER): Buffer =>
  entryOf(PAYLOAD, signer, changes);

/** Signs the good fields by another algorithm, under a trusted id. */
function byOtherAlgorithm(kind: 'ec' | 'rsa' | 'ed448'): Buffer {
  const key =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : kind === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
        : generateKeyPairSync('ed448').privateKey;
  const fields = { ...fieldsFor(PAYLOAD), keyId: SIGNER.keyId, writer: 'ci' };
  const signature = sign(kind === 'ed448' ? null : 'sha256', signedBytes(fields), key).subarray(0, 64);
  return Buffer.concat([headerBytes({ ...fields, signature: signature.toString('base64') }), PAYLOAD]);
}

/** Signs without the domain: a signature that another program could be made to give. */
function withoutDomain(): Buffer {
  const fields = { ...fieldsFor(PAYLOAD), keyId: SIGNER.keyId, writer: 'ci' };
  const signature = sign(null, Buffer.from(canonicalJson(fields)), SIGNER.key).toString('base64');
  return Buffer.concat([headerBytes({ ...fields, signature }), PAYLOAD]);
}

const BAD: Readonly<Record<string, readonly [entry: () => Buffer, refusal: string]>> = {
  'a flipped bit in the first line': [() => flipped(3), 'format'],
  'a flipped bit in the JSON': [() => flipped(FIRST_LINE.length + 1), 'format'],
  'another digit in the key id': [() => replaced(GOOD.indexOf('"keyId":"') + 12, '01'), 'unknown-key'],
  'a flipped bit in the repository': [() => flipped(GOOD.indexOf(REPOSITORY) + 20), 'signature'],
  'another digit in the signature': [() => replaced(GOOD.indexOf('"signature":"') + 30, 'AB'), 'signature'],
  'a flipped bit at the start of the payload': [() => flipped(HEADER_END), 'checksum'],
  'a flipped bit at the end of the payload': [() => flipped(GOOD.length - 1, 0x80), 'checksum'],
  'another hash, signed': [() => signedWith({ hash: '999' }), 'hash'],
  'another hash, written over': [() => altered({ hash: '999' }), 'signature'],
  'the entry of another task': [() => entryOf(Buffer.from('x'), SIGNER, { hash: '42' }), 'hash'],
  'another repository, signed': [
    () => signedWith({ repository: 'https://example.invalid/fork' }),
    'repository',
  ],
  'another repository, written over': [() => altered({ repository: 'r' }), 'signature'],
  'an old entry': [() => signedWith({ time: new Date(NOW - 91 * DAY_MS).toISOString() }), 'expired'],
  'an old entry with a new time': [() => altered({ time: new Date(NOW).toISOString() }), 'signature'],
  'an entry of tomorrow': [() => signedWith({ time: new Date(NOW + DAY_MS).toISOString() }), 'future'],
  'a time in another format': [() => signedWith({ time: '2026-11-29' }), 'format'],
  'a time with another zone': [() => signedWith({ time: '2026-11-29T12:00:00.000+00:00' }), 'format'],
  'a key that is not trusted (revoked)': [() => signedWith({}, OTHER), 'unknown-key'],
  'a key that claims a trusted id': [() => signedWith({}, { ...OTHER, keyId: SIGNER.keyId }), 'signature'],
  'a signature by ECDSA': [() => byOtherAlgorithm('ec'), 'signature'],
  'a signature by RSA': [() => byOtherAlgorithm('rsa'), 'signature'],
  'a signature by Ed448': [() => byOtherAlgorithm('ed448'), 'signature'],
  'a signature of other bytes': [withoutDomain, 'signature'],
  'no signature': [() => altered({ signature: undefined }), 'format'],
  'an empty signature': [() => altered({ signature: '' }), 'format'],
  'a signature of zeros': [() => altered({ signature: Buffer.alloc(64).toString('base64') }), 'signature'],
  'a signature in URL-safe base64': [() => altered({ signature: '-'.repeat(86) + '==' }), 'format'],
  'a signature with spare bits': [
    () => altered({ signature: spareBits(String(header()['signature'])) }),
    'signature',
  ],
  'an algorithm of its own': [() => altered({ alg: 'none' }), 'format'],
  'a key in the entry': [() => altered({ publicKey: 'x' }), 'format'],
  'a repeated key': [() => withLine(GOOD_LINE.replace('{', `{"hash":"999",`)), 'format'],
  'members in another order': [
    () => withLine(JSON.stringify(Object.fromEntries(Object.entries(header()).reverse()))),
    'format',
  ],
  'white space in the header': [() => withLine(GOOD_LINE.replace('{', '{ ')), 'format'],
  'an escape for a letter': [() => withLine(GOOD_LINE.replace('"ci"', '"c\\u0069"')), 'format'],
  'Windows line ends': [() => withLine(`${GOOD_LINE}\r`), 'format'],
  'a Windows end of the first line': [
    () => Buffer.from(GOOD.toString('latin1').replace('\n', '\r\n'), 'latin1'),
    'format',
  ],
  'a byte order mark': [() => Buffer.concat([Buffer.from('\ufeff'), GOOD]), 'format'],
  'another version': [
    () => Buffer.from(GOOD.toString('latin1').replace('entry 1', 'entry 2'), 'latin1'),
    'format',
  ],
  'a huge header': [() => withLine(`{"hash":"${'1'.repeat(5000)}"}`), 'format'],
  'a header without an end': [
    () => Buffer.concat([Buffer.from(FIRST_LINE), Buffer.alloc(1_000_000, 'x')]),
    'format',
  ],
  'a prototype in the header': [() => withLine(GOOD_LINE.replace('{', '{"__proto__":{"size":1},')), 'format'],
  'a list as header': [() => withLine('[]'), 'format'],
  'no JSON': [() => withLine('hello'), 'format'],
  'deep JSON': [() => withLine('['.repeat(3000)), 'format'],
  'a size as text': [() => altered({ size: '800' }), 'format'],
  'a negative size': [() => signedWith({ size: -1 }), 'format'],
  'a size of 1e3': [() => withLine(GOOD_LINE.replace(`"size":${PAYLOAD.length}`, '"size":8e2')), 'format'],
  'a larger size, signed': [() => signedWith({ size: PAYLOAD.length + 1 }), 'size'],
  'a smaller size, signed': [() => signedWith({ size: PAYLOAD.length - 1 }), 'size'],
  'a size above the limit, signed': [() => signedWith({ size: 2_000_000_001 }), 'too-large'],
  'another sha256, signed': [() => signedWith({ sha256: 'a'.repeat(64) }), 'checksum'],
  'a sha256 in capitals, signed': [
    () => signedWith({ sha256: fieldsFor(PAYLOAD).sha256.toUpperCase() }),
    'format',
  ],
  'a truncated payload': [() => GOOD.subarray(0, -1), 'size'],
  'no payload': [() => GOOD.subarray(0, HEADER_END), 'size'],
  'a truncated header': [() => GOOD.subarray(0, HEADER_END - 10), 'format'],
  'trailing bytes': [() => Buffer.concat([GOOD, Buffer.from('x')]), 'size'],
  'two entries': [() => Buffer.concat([GOOD, GOOD]), 'size'],
  nothing: [() => Buffer.alloc(0), 'format'],
  'a page of a captive portal': [
    () => Buffer.from('<!doctype html><title>Log in</title>'.repeat(100)),
    'format',
  ],
  "Nx's own payload without a header": [() => PAYLOAD, 'format'],
  zeros: [() => Buffer.alloc(10_000), 'format'],
};

/** Sets bits of the last digit that no byte has: another text for the same bytes. */
function spareBits(signature: string): string {
  const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const last = DIGITS.indexOf(signature.charAt(85));
  return `${signature.slice(0, 85)}${DIGITS.charAt(last ^ 1)}==`;
}

describe('a forged or altered entry', () => {
  it('is tried in at least 40 ways', () => expect(Object.keys(BAD).length).toBeGreaterThanOrEqual(40));

  it.each(Object.entries(BAD))('is refused: %s', async (_, [entry, why]) => {
    expect(await refusal(entry())).toBe(why);
  });

  it('is refused with any one bit flipped', async () => {
    for (let at = 0; at < GOOD.length; at += 3)
      expect(await refusal(flipped(at, 1 << (at % 8))), String(at)).toBeDefined();
  });

  it('is not read beyond its header', async () => {
    const { written } = await read(signedWith({ hash: '999' }), 1000);
    expect(written).toHaveLength(0);
  });
});

describe('the id of a key', () => {
  it('is the same for both its parts', () => {
    expect(keyIdOf(SIGNER.key)).toBe(keyIdOf(SIGNER.publicKey));
    expect(signedHeader(fieldsFor(PAYLOAD), SIGNER).keyId).toBe(SIGNER.keyId);
  });
});
