import { join } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import {
  DEFAULT_MAX_AGE,
  fail,
  failWith,
  fileText,
  MOST_BYTES,
  ok,
  parseRemoteCache,
  parseWorkspaceOptions,
  type Failure,
  type RemoteCacheFile,
  type Result,
} from '@image-tooling/model';
import type { EntrySigner } from '../entry/sign';
import { openEntrySigner } from '../keys/signing-key';
import { readTrustedKeys, type TrustedKey } from '../keys/trusted-keys';

export const CACHE_FILE = 'cache.json';
export const URL_VARIABLE = 'IMAGE_CACHE_URL';
export const TOKEN_VARIABLE = 'IMAGE_CACHE_TOKEN';
/** "pull-requests": also trust the keys of pull requests' jobs. */
export const TRUST_VARIABLE = 'IMAGE_CACHE_TRUST';

/** Where the entries of a workspace are. */
export interface CachePlaces {
  readonly url: string;
  readonly alsoRead: readonly string[];
  /** Of GitHub's identity token. */
  readonly audience: string | undefined;
}

/** How a workspace uses its remote cache. Never printed: it has secrets. */
export interface CacheSettings extends CachePlaces {
  readonly maxAgeMs: number;
  readonly repository: string;
  readonly trusted: readonly TrustedKey[];
  /** Undefined: this machine only reads. */
  readonly signer: EntrySigner | undefined;
  readonly trustsPullRequests: boolean;
}

/** Where the workspace is, and its environment. */
export interface Surroundings {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Reads cache.json, nx.json, the keys and the environment. Fails with every mistake: `usage`, `io`, `json-syntax`,
 * `schema`, `duplicate`, `too-large`, `signing-failed`.
 */
export async function loadCacheSettings({ root, env }: Surroundings): Promise<Result<CacheSettings>> {
  const file = await readCacheFile(root);
  const trust = trustOf(env);
  const trusted = trust.ok ? await readTrustedKeys(root, trust.value) : trust;
  const signer = trusted.ok ? await openEntrySigner(root, env, trusted.value) : trusted;
  const repository = file.ok ? await repositoryOf(root, file.value) : file;
  const url = file.ok ? urlOf(file.value, env) : file;
  const failures = [file, url, repository, trusted, signer].flatMap((one) => (one.ok ? [] : one.failures));
  if (!(file.ok && url.ok && repository.ok && trust.ok && trusted.ok && signer.ok))
    return failWith([...new Set(failures)]);
  const { maxAge = DEFAULT_MAX_AGE } = file.value;
  return ok({
    ...placesOf(file.value, url.value),
    maxAgeMs: Number.parseInt(maxAge) * 86_400_000,
    repository: repository.value,
    trusted: trusted.value,
    signer: signer.value,
    trustsPullRequests: trust.value,
  });
}

/** Reads cache.json and the environment; undefined if neither names a cache. Fails as `loadCacheSettings` does. */
export async function loadCachePlaces({ root, env }: Surroundings): Promise<Result<CachePlaces | undefined>> {
  const file = await readCacheFile(root);
  if (!file.ok) return file;
  if (file.value.url === undefined && !env[URL_VARIABLE]?.trim()) return ok(undefined);
  const url = urlOf(file.value, env);
  return url.ok ? ok(placesOf(file.value, url.value)) : url;
}

function placesOf({ alsoRead = [], audience }: RemoteCacheFile, url: string): CachePlaces {
  return { url, alsoRead: alsoRead.filter((place) => place !== url), audience };
}

async function readCacheFile(root: string): Promise<Result<RemoteCacheFile>> {
  const text = await readText(root, CACHE_FILE);
  if (!text.ok) return text;
  if (text.value === undefined) return ok({});
  const parsed = parseRemoteCache(CACHE_FILE, text.value);
  return parsed.ok ? ok(parsed.value.value) : parsed;
}

async function readText(root: string, name: string): Promise<Result<string | undefined>> {
  const read = await readRegularFile(join(root, name), MOST_BYTES.definition);
  if (!read.ok || read.value === undefined) return read.ok ? ok(undefined) : read;
  const { text, failure } = fileText(name, read.value);
  return failure ? fail(failure) : ok(text);
}

function urlOf(file: RemoteCacheFile, env: NodeJS.ProcessEnv): Result<string> {
  const given = env[URL_VARIABLE]?.trim() || undefined;
  const checked = given === undefined ? ok(file) : parseRemoteCacheUrl(given);
  if (!checked.ok) return checked;
  const { url } = checked.value;
  if (url !== undefined) return ok(url.replace(/\/+$/, ''));
  const message = `There is no remote cache: neither "url" in ${CACHE_FILE} nor ${URL_VARIABLE}.`;
  return fail({ code: 'usage', message, hint: `Write { "url": "https://cache.example" } to ${CACHE_FILE}.` });
}

function parseRemoteCacheUrl(url: string): Result<RemoteCacheFile> {
  const parsed = parseRemoteCache(URL_VARIABLE, JSON.stringify({ url }));
  return parsed.ok ? ok(parsed.value.value) : parsed;
}

async function repositoryOf(root: string, { repository }: RemoteCacheFile): Promise<Result<string>> {
  if (repository !== undefined) return ok(repository);
  const text = await readText(root, 'nx.json');
  if (!text.ok) return text;
  const options = parseWorkspaceOptions('nx.json', text.value ?? '{}', '@image-tooling/nx');
  if (!options.ok) return options;
  const { source } = options.value;
  return source === undefined ? fail(UNNAMED) : ok(source);
}

const UNNAMED: Failure = {
  code: 'usage',
  message: `Entries of the remote cache need the name of this repository, so that those of another are refused.`,
  hint: `Write "repository": "github.com/you/images" to ${CACHE_FILE}, or set "source" in the plugin's options in nx.json.`,
};

function trustOf(env: NodeJS.ProcessEnv): Result<boolean> {
  const given = env[TRUST_VARIABLE]?.trim() ?? '';
  if (['', 'pull-requests'].includes(given)) return ok(given !== '');
  const message = `${TRUST_VARIABLE} is "${given}"; only "pull-requests" is known.`;
  return fail({ code: 'usage', message, hint: 'Set it in jobs of pull requests only, or leave it out.' });
}
