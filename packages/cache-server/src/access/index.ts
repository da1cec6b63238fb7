import type { Config, StaticToken } from '../config';
import type { Access, Decision, Denial } from './access';
import { IssuerKeys } from './keys';
import { OidcTokens } from './oidc';
import { StaticTokens } from './static-tokens';

export { hashOfToken } from './static-tokens';
export type { Access, Decision, Denial };

export interface AuthorizerOptions {
  readonly config: Config;
  readonly tokens: readonly StaticToken[];
  readonly env: NodeJS.ProcessEnv;
  /** Between two requests for an issuer's keys because of an unknown key id. Default: 30 s. */
  readonly cooldownMs?: number;
}

/** Decides what requests may do. */
export interface Authorizer {
  /** @param authorization the header of the request; nothing else of a request counts */
  decide(authorization: string | undefined): Promise<Decision>;
  close(): Promise<void>;
}

/** Tokens of issuers have some 1,500 bytes. */
const LONGEST_TOKEN = 8192;

const COOLDOWN_MS = 30_000;

/** Opens the authorizer of a configuration. */
export function openAuthorizer({
  config,
  tokens,
  env,
  cooldownMs = COOLDOWN_MS,
}: AuthorizerOptions): Authorizer {
  const known = new StaticTokens(tokens);
  const keys = new IssuerKeys({ env, cooldownMs });
  const oidc = new OidcTokens(config, keys);
  return {
    async decide(authorization) {
      const token = /^bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined || token.length > LONGEST_TOKEN) return { denial: 'no-token' };
      const access = known.find(token);
      return access ? { access } : oidc.decide(token);
    },
    close: () => keys.close(),
  };
}
