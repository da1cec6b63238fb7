import { openHttpClient } from '@image-tooling/host';
import { all, ok, type Result } from '@image-tooling/model';
import { openObjectStore } from '@image-tooling/object-store';
import { TOKEN_VARIABLE, type CacheSettings } from '../config/settings';
import { GitHubTokens, REQUEST_TOKEN, REQUEST_URL } from '../sources/github-tokens';
import { openObjects } from '../sources/objects';
import { openServer } from '../sources/server';
import type { CacheSource } from '../sources/source';
import { CACHE_TIMINGS } from '../sources/timings';
import { fixedToken, type Tokens } from '../sources/tokens';

/** Opens the caches of a workspace: first the one that is also written. Sends nothing yet. Fails with `usage`. */
export function openSources(settings: CacheSettings, env: NodeJS.ProcessEnv): Result<CacheSource[]> {
  return all([settings.url, ...settings.alsoRead].map((url) => openSource(url, settings, env)));
}

function openSource(url: string, settings: CacheSettings, env: NodeJS.ProcessEnv): Result<CacheSource> {
  if (/^https?:/.test(url)) {
    const client = openHttpClient({ env, timings: CACHE_TIMINGS });
    return ok(openServer({ url, client, tokens: tokensFor(url, settings, env) }));
  }
  const store = openObjectStore(url, { env, timings: CACHE_TIMINGS });
  return store.ok ? ok(openObjects(store.value)) : store;
}

/** Returns the tokens for a server: a fixed one, GitHub's identity tokens, or none. The first is for "url" only. */
function tokensFor(url: string, settings: CacheSettings, env: NodeJS.ProcessEnv): Tokens {
  const fixed = env[TOKEN_VARIABLE]?.trim() ?? '';
  if (fixed !== '') return fixedToken(url === settings.url ? fixed : undefined, TOKEN_VARIABLE);
  const [requestUrl, requestToken] = [env[REQUEST_URL], env[REQUEST_TOKEN]];
  if (!requestUrl || !requestToken) return fixedToken(undefined, 'requests without a token');
  const client = openHttpClient({ env, timings: CACHE_TIMINGS });
  const audience = settings.audience ?? new URL(url).origin;
  return new GitHubTokens({ client, url: requestUrl, requestToken, audience });
}
