import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { findCredentials } from '../src/registry/auth/credentials';
import { DEFAULT_TIMINGS } from '../src/registry/options';
import { atEnd } from './registry-transport-helpers';

export const SECRET = 'planted-secret';
export const auth = (text: string): string => Buffer.from(text).toString('base64');

async function home(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  atEnd(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
    if (name.startsWith('bin/')) await chmod(join(folder, name), 0o755);
  }
  return folder;
}

const NO_ENV: NodeJS.ProcessEnv = {};

async function find(
  files: Readonly<Record<string, unknown>>,
  { registry = 'registry.example', path = 'team/name', env = NO_ENV, helperSeconds = 5 } = {},
) {
  const folder = await home(files);
  const inFolder = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value?.replace('~', folder)]),
  );
  const result = await findCredentials(
    { registry, path },
    {
      env: { HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}`, ...inFolder },
      signal: new AbortController().signal,
      timings: { ...DEFAULT_TIMINGS, helperSeconds },
    },
  );
  expect(JSON.stringify(result.ok ? [] : result.failures)).not.toContain(SECRET);
  return { result, folder };
}

export async function found(...question: Parameters<typeof find>) {
  const { result, folder } = await find(...question);
  if (!result.ok) throw new Error(result.failures[0].message);
  return result.value && { ...result.value, from: result.value.from.replace(folder, '~') };
}

export function usernameOf(credentials: Awaited<ReturnType<typeof found>>): string | undefined {
  return credentials?.kind === 'password' ? credentials.username : undefined;
}

export async function failure(...question: Parameters<typeof find>) {
  const { result, folder } = await find(...question);
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  const [first] = result.failures;
  return { ...first, message: first.message.replaceAll(folder, '~') };
}

export const password = (from: string, text = `ada:${SECRET}`) => ({
  kind: 'password',
  username: text.split(':')[0],
  password: text.split(':').slice(1).join(':'),
  from,
});
export const CONFIG = '.docker/config.json';
export const config = (key: string, text = `ada:${SECRET}`) => ({ auths: { [key]: { auth: auth(text) } } });

export const helper = (script: string): string => `#!/bin/sh\nread -r server\n${script}\n`;
export const answering = (user: string): string =>
  helper(
    `[ "$1" = get ] && echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"${user}\\",\\"Secret\\":\\"${SECRET}\\"}"`,
  );
