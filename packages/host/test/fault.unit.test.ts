import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fail, ok, type Failure } from '@image-tooling/model';
import { describe, expect, it } from 'vitest';
import { caught, caughtResult, Fault, valueOf } from '../src';
import { failureOf } from './help';

const FAILURE: Failure = { code: 'tar-format', message: 'It is no tar.', hint: 'Look at it.' };
const throwing = (error: Error) => caught('/a/file', () => Promise.reject(error));

describe('caught', () => {
  it('returns the value of work that ends well', async () => {
    expect(await caught('/a/file', async () => valueOf(ok(1)) + 1)).toEqual(ok(2));
  });

  it('returns the failure that a fault carries, whole', async () => {
    expect(failureOf(await throwing(new Fault(FAILURE)))).toEqual(FAILURE);
    expect(failureOf(await caught('/a/file', async () => valueOf(fail(FAILURE))))).toEqual(FAILURE);
  });

  it('names the path of a file system error, or else its own', async () => {
    const absent = failureOf(await caught('/a/file', () => readFile('/no/such/file')));
    expect(absent).toMatchObject({ code: 'io', path: '/no/such/file' });
    const full = Object.assign(new Error('write'), { code: 'ENOSPC' });
    expect(failureOf(await throwing(full))).toMatchObject({ code: 'disk-full', path: '/a/file' });
  });

  it('tells an abort from a failure', async () => {
    const signal = AbortSignal.abort();
    const copy = () => pipeline(createReadStream('/dev/zero'), createWriteStream('/dev/null'), { signal });
    expect(failureOf(await caught('/a/file', copy)).code).toBe('aborted');
    expect(failureOf(await caught('/a/file', async () => signal.throwIfAborted())).code).toBe('aborted');
  });

  it('throws a bug on', async () => {
    await expect(throwing(new TypeError('a bug'))).rejects.toThrow('a bug');
  });
});

describe('caughtResult', () => {
  it('returns the result of the work, with all of its failures', async () => {
    expect(await caughtResult('/a/file', async () => ok(1))).toEqual(ok(1));
    const two = { ok: false, failures: [FAILURE, FAILURE] } as const;
    expect(await caughtResult('/a/file', async () => two)).toEqual(two);
  });

  it('returns the failure for an error that the work throws', async () => {
    const thrown = await caughtResult('/a/file', () => Promise.reject(new Fault(FAILURE)));
    expect(failureOf(thrown)).toEqual(FAILURE);
  });
});
