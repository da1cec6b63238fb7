import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '@image-tooling/host';
import { freePort } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import { refusalOf } from '../src/registry/answers/refusal';
import { answered, atEnd, bodyOf, failureIn, talkTo } from './registry-transport-helpers';

/** "planted-password" as htpasswd -B has it, at the lowest cost. */
const HASH = '$2y$05$abcdefghijklmnopqrstuuXXXUKy4cODBo6oD0fJZB1CSpIzxX0SW';
const PROGRAM = await findProgram('docker-registry');
if (PROGRAM === undefined)
  console.log('skipped: no docker-registry on this machine (apt-get install docker-registry)');

/** Debian's docker-registry, which knows ada. */
async function startRegistry(storage: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  await writeFile(join(folder, 'users'), `ada:${HASH}\n`);
  await writeFile(
    join(folder, 'config.yml'),
    `version: 0.1
log: { level: error }
storage:
  filesystem: { rootdirectory: ${folder}/data }
${storage}
http: { addr: "127.0.0.1:${port}" }
auth: { htpasswd: { realm: tests, path: ${folder}/users } }
`,
  );
  const child = spawn(PROGRAM as string, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  atEnd(() => (child.kill('SIGKILL'), ended));
  for (let tries = 0; tries < 100 && !(await answers(port)); tries++) await sleep(30);
  return `127.0.0.1:${port}`;
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

const login = (password: string) => ({ env: { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: password } });
const PUSH = { scope: ['pull', 'push'], purpose: 'push a layer' };

describe.skipIf(PROGRAM === undefined)('docker-registry of Debian', () => {
  it('accepts a blob with a login, returns it, and refuses others', async () => {
    const host = await startRegistry('');
    const { send, request, records } = talkTo(host, login('planted-password'));
    const content = Buffer.alloc(3_000_000, 'layer');
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const begun = await send(request('blobs/uploads/', { method: 'POST', ...PUSH }));
    if (!begun.ok || begun.value.status !== 202) throw new Error(JSON.stringify(begun));
    const url = new URL(begun.value.headers['location'] as string, send.base.url);
    expect(url.origin).toBe(send.base.url.origin);
    url.searchParams.set('digest', digest);
    expect(
      await answered(await send(request('', { method: 'PUT', url, body: bodyOf(content), ...PUSH }))),
    ).toBe('201 ');
    expect(await answered(await send(request(`blobs/${digest}`)))).toBe(`200 ${content.toString()}`);
    expect(records.map(({ method, status, sentBytes }) => [method, status, sentBytes])).toEqual([
      ['POST', 401, 0],
      ['POST', 202, 0],
      ['PUT', 201, 3_000_000],
      ['GET', 200, 0],
    ]);
    const wrong = talkTo(host, login('wrong'));
    expect(failureIn(await wrong.send(wrong.request('manifests/1'))).message).toContain('wrong or expired');
    const none = talkTo(host);
    expect(failureIn(await none.send(none.request('manifests/1'))).message).toContain('no credentials');
  });

  it('in its read-only mode is registry-refused', async () => {
    const host = await startRegistry('  maintenance: { readonly: { enabled: true } }');
    const { send, request } = talkTo(host, login('planted-password'));
    const post = request('blobs/uploads/', { method: 'POST', ...PUSH });
    const result = await send(post);
    if (!result.ok) throw new Error(result.failures[0].message);
    expect((await refusalOf(result.value, post)).failure).toMatchObject({ code: 'registry-refused' });
  });
});
