import { openHttpClient, type HttpTimings } from '@image-tooling/host';
import { all, ok, type Result } from '@image-tooling/model';
import { openObjectStore } from '@image-tooling/object-store';
import { TOKEN_VARIABLE, type CachePlaces } from '../config/settings';
import { GitHubTokens, REQUEST_TOKEN, REQUEST_URL } from '../sources/github-tokens';
import { openObjects } from '../sources/objects';
import { openServer } from '../sources/server';
import type { CacheSource } from '../sources/source';
import { CACHE_TIMINGS } from '../sources/timings';
import { fixedToken, type Tokens } from '../sources/tokens';

export interface SourcesOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Default: `CACHE_TIMINGS`. */
  readonly timings?: HttpTimings;
}

/** Opens the caches of a workspace: first the one that is also written. Sends nothing yet. Fails with `usage`. */
export function openSources(
  places: CachePlaces,
  { env, timings = CACHE_TIMINGS }: SourcesOptions,
): Result<CacheSource[]> {
  return all([places.url, ...places.alsoRead].map((url) => openSource(url, places, { env, timings })));
}

function openSource(
  url: string,
  places: CachePlaces,
  options: Required<SourcesOptions>,
): Result<CacheSource> {
  if (/^https?:/.test(url)) {
    const tokens = tokensFor(url, places, options);
    return ok(openServer({ url, client: openHttpClient(options), tokens }));
  }
  const store = openObjectStore(url, options);
  return store.ok ? ok(openObjects(store.value)) : store;
}

/** Returns the tokens for a server: a fixed one, GitHub's identity tokens, or none. The first is for "url" only. */
function tokensFor(url: string, places: CachePlaces, options: Required<SourcesOptions>): Tokens {
  const { env } = options;
  const fixed = env[TOKEN_VARIABLE]?.trim() ?? '';
  if (fixed !== '') return fixedToken(url === places.url ? fixed : undefined, TOKEN_VARIABLE);
  const [requestUrl, requestToken] = [env[REQUEST_URL], env[REQUEST_TOKEN]];
  if (!requestUrl || !requestToken) return fixedToken(undefined, 'requests without a token');
  const audience = places.audience ?? new URL(url).origin;
  return new GitHubTokens({ client: openHttpClient(options), url: requestUrl, requestToken, audience });
}
