import { createServer as createTlsServer } from 'node:https';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDowngrade, mustRun } from '@image-tooling/host';
import { describe, expect, it } from 'vitest';
import { atEnd, failureIn, listen, serve, talkTo } from './registry-transport-helpers';

const HERE = { resolve: async () => [{ address: '127.0.0.1', family: 4 }] };
const errno = (code: string): Error => Object.assign(new Error(code), { code });

describe('a connection that fails', () => {
  it('to an unknown host fails at once', async () => {
    const resolve = () => Promise.reject(errno('ENOTFOUND'));
    const { send, request, records } = talkTo('registry.invalid', { testHooks: { resolve } });
    expect(failureIn(await send(request('manifests/1'))).message).toBe(
      'Could not read the manifest of jq: registry.invalid was not found: no such host.',
    );
    expect(records).toHaveLength(1);
  });

  it('without a name server is tried again', async () => {
    const resolve = () => Promise.reject(errno('EAI_AGAIN'));
    const { send, request } = talkTo('registry.invalid', { testHooks: { resolve } });
    expect(failureIn(await send(request('manifests/1'))).message).toContain('tried 3 times');
  });

  it('that takes too long is a timeout', async () => {
    const testHooks = { resolve: () => new Promise<never>(() => undefined) };
    const { send, request } = talkTo('registry.invalid', {
      testHooks,
      timings: { tries: 1, connectSeconds: 0.2, readAnswerSeconds: 5 },
    });
    expect(failureIn(await send(request('manifests/1')))).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('did not accept the connection in time') as string,
    });
  });

  it('to a registry that supports only http says so', async () => {
    const server = await serve((_, response) => response.end('there'));
    const { send, request } = talkTo(`registry.invalid:${server.port}`, { testHooks: HERE });
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.message).toContain('does not support https');
    expect(failure.hint).toContain('supports only http');
    expect(server.requests).toEqual([]);
  });

  it('with an untrusted certificate is reported, and nothing is sent', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'certificate-'));
    atEnd(() => rm(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    const made = await mustRun({
      // prettier-ignore
      argv: ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
        '-subj', '/CN=registry.invalid', '-keyout', key, '-out', cert],
    });
    if (!made.ok) throw new Error(made.failures[0].message);
    let asked = 0;
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, () => asked++);
    const { send, request } = talkTo(`registry.invalid:${await listen(server, '127.0.0.1')}`, {
      testHooks: HERE,
    });
    const failure = failureIn(await send(request('manifests/1')));
    expect(failure.message).toMatch(/has a certificate that is not trusted: .+ \(\w+\)\.$/);
    expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(asked).toBe(0);
  });
});

describe('isDowngrade', () => {
  it.each([
    ['https://a', 'https://b', false],
    ['http://a', 'https://b', false],
    ['http://a', 'http://b', false],
    ['https://a', 'http://a', true],
    ['http://a', 'ftp://a', true],
    ['https://a', 'file:///a', true],
  ])('from %s to %s is %s', (from, to, expected) =>
    expect(isDowngrade(new URL(from), new URL(to))).toBe(expected),
  );
});
