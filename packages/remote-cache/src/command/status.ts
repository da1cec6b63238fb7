import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { failureOf, isLocalHost } from '@image-tooling/host';
import { formatFailures, ok, type Failure, type Result } from '@image-tooling/model';
import {
  CACHE_FILE,
  loadCacheSettings,
  TOKEN_VARIABLE,
  URL_VARIABLE,
  type CacheSettings,
} from '../config/settings';
import { KEY_VARIABLE } from '../keys/signing-key';
import { KEY_FOLDER } from '../keys/trusted-keys';
import { openSources } from '../run/sources';
import type { CacheSource } from '../sources/source';
import type { CacheEnding, CacheRun } from './types';

/** Checks the settings, and asks each cache for an entry that does not exist. */
export async function status({ root, env, signal }: CacheRun): Promise<Result<CacheEnding>> {
  const settings = await loadCacheSettings({ root, env });
  if (!settings.ok) return settings;
  const sources = openSources(settings.value, { env });
  if (!sources.ok) return sources;
  const asked = await Promise.all(sources.value.map((source) => reach(source, signal)));
  await Promise.all(sources.value.map((source) => source.close()));
  const problems = [...asked.flatMap(({ failure }) => failure ?? []), ...warnings(root, env, settings.value)];
  const lines = [
    `configured by  ${env[URL_VARIABLE] ? URL_VARIABLE : CACHE_FILE}`,
    ...asked.map(({ line }, index) => `${index === 0 ? 'cache         ' : 'also reads    '} ${line}`),
    `repository     ${settings.value.repository}`,
    `reads          ${readWords(settings.value)}`,
    `writes         ${writeWords(settings.value)}`,
    ...(problems.length > 0 ? ['', formatFailures(problems)] : []),
  ];
  return ok({ lines, isGood: problems.length === 0 });
}

interface Reached {
  readonly line: string;
  readonly failure?: Failure;
}

async function reach(source: CacheSource, signal: AbortSignal): Promise<Reached> {
  const since = performance.now();
  try {
    const found = await source.get(`status-${randomBytes(8).toString('hex')}`, signal);
    found?.body.destroy();
    return { line: `${source.name}: answers after ${Math.round(performance.now() - since)} ms` };
  } catch (error) {
    const failure = failureOf(error, source.name);
    const hint =
      failure.hint ?? 'Check the address, and that this machine reaches it. Builds work without it.';
    return { line: `${source.name}: can't be read`, failure: { ...failure, hint } };
  }
}

function readWords({ trusted, trustsPullRequests, maxAgeMs }: CacheSettings): string {
  const names = trusted.map(({ name, id }) => `${name} (${id.slice(0, 16)})`).join(', ');
  const pulls = trustsPullRequests ? ', with those of pull requests' : '';
  if (trusted.length === 0) return 'nothing: no key is trusted';
  return `entries signed by ${names}${pulls}, of the last ${maxAgeMs / 86_400_000} days`;
}

function writeWords({ signer, url }: CacheSettings): string {
  if (!signer) return `nothing: ${KEY_VARIABLE} is not set`;
  const who = url.startsWith('http') ? '; the server decides whether the token may' : '';
  return `yes, signed by ${signer.name} (${signer.keyId.slice(0, 16)})${who}`;
}

function warnings(root: string, env: NodeJS.ProcessEnv, { trusted, url }: CacheSettings): Failure[] {
  return [
    ...(trusted.length === 0 ? [NO_KEY] : []),
    ...(sendsTokenOpenly(url, env) ? [OPEN_TOKEN] : []),
    ...(env['NX_SELF_HOSTED_REMOTE_CACHE_SERVER'] ? [NX_VARIABLE] : []),
    ...(existsSync(join(root, 'nx.json')) ? [] : [NO_WORKSPACE]),
  ];
}

function sendsTokenOpenly(url: string, env: NodeJS.ProcessEnv): boolean {
  return url.startsWith('http:') && Boolean(env[TOKEN_VARIABLE]) && !isLocalHost(new URL(url).hostname);
}

const NO_KEY: Failure = {
  code: 'usage',
  message: `There is no key in ${KEY_FOLDER}: every entry is refused.`,
  hint: 'Make one with "image-tooling cache keygen", and commit its public key.',
};
const OPEN_TOKEN: Failure = {
  code: 'usage',
  message: `${TOKEN_VARIABLE} is sent over http: everyone on the way can read it.`,
  hint: 'Use https.',
};
const NX_VARIABLE: Failure = {
  code: 'usage',
  message:
    'NX_SELF_HOSTED_REMOTE_CACHE_SERVER is set, and not used: Nx gets the address of our proxy instead.',
  hint: `Unset it. Its address belongs into ${CACHE_FILE}.`,
};
const NO_WORKSPACE: Failure = {
  code: 'usage',
  message: 'There is no nx.json in the current folder.',
  hint: 'Run the command in the root folder of the workspace.',
};
