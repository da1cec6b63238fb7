import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

/** A key of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  /** PEM. */
  readonly spki: string;
}

export async function newKey(kid: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  return { kid, privateKey, jwk, spki: await exportSPKI(publicKey) };
}

/** A server with the public keys of an issuer, as GitHub and GitLab have one. */
export interface Issuer {
  readonly url: string;
  /** Its keys; replace them to rotate. */
  keys: readonly IssuerKey[];
  /** 200, or an error; 0: no answer. */
  status: number;
  /** How often its keys were read. */
  asked: number;
  stop(): Promise<void>;
}

export async function startIssuer(key: IssuerKey): Promise<Issuer> {
  const server = createServer((_, response) => {
    issuer.asked++;
    if (issuer.status === 0) return;
    response.writeHead(issuer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer: Issuer = {
    ...{ keys: [key], status: 200, asked: 0 },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}

export const AUDIENCE = 'https://cache.example';
export const REPOSITORY_ID = '1296269';
export const PROJECT_ID = '42';

/** Claims of a job of GitHub for a push to main (docs.github.com, "OpenID Connect reference"). */
export const PUSH_TO_MAIN = {
  sub: 'repo:octo/tooling:ref:refs/heads/main',
  repository: 'octo/tooling',
  repository_id: REPOSITORY_ID,
  repository_owner: 'octo',
  repository_owner_id: '4711',
  ref: 'refs/heads/main',
  ref_type: 'branch',
  ref_protected: 'true',
  event_name: 'push',
  workflow_ref: 'octo/tooling/.github/workflows/build.yml@refs/heads/main',
  run_id: '1001',
  run_attempt: '1',
  actor: 'alice',
  head_ref: '',
  base_ref: '',
};

/** Claims of a job of GitHub for a pull request. */
export const PULL_REQUEST = {
  ...PUSH_TO_MAIN,
  sub: 'repo:octo/tooling:pull_request',
  ref: 'refs/pull/7/merge',
  ref_protected: 'false',
  event_name: 'pull_request',
  workflow_ref: 'octo/tooling/.github/workflows/build.yml@refs/pull/7/merge',
  run_id: '2002',
  actor: 'mallory',
  head_ref: 'feature',
  base_ref: 'main',
};

/** Claims of a job of GitLab for a push to main (docs.gitlab.com, "OpenID Connect (OIDC) Authentication"). */
export const GITLAB_PUSH_TO_MAIN = {
  sub: 'project_path:octo/tooling:ref_type:branch:ref:main',
  project_id: PROJECT_ID,
  project_path: 'octo/tooling',
  ref: 'main',
  ref_type: 'branch',
  ref_path: 'refs/heads/main',
  ref_protected: 'true',
  pipeline_source: 'push',
  pipeline_id: '3003',
  user_login: 'alice',
  user_id: '1',
};

/** Claims of a job of GitLab for a merge request of a fork whose branch is called main. */
export const GITLAB_MERGE_REQUEST = {
  ...GITLAB_PUSH_TO_MAIN,
  ref_path: 'refs/merge-requests/7/head',
  pipeline_source: 'merge_request_event',
  pipeline_id: '4004',
  user_login: 'mallory',
  user_id: '2',
};

export interface TokenOptions {
  readonly key: IssuerKey;
  readonly issuer: string;
  readonly audience?: string;
  /** Seconds from now. */
  readonly begins?: number;
  readonly ends?: number;
  readonly header?: Readonly<Record<string, string>>;
}

/** Returns a token, valid for five minutes. */
export function token(claims: JWTPayload, options: TokenOptions): Promise<string> {
  const { key, issuer, audience = AUDIENCE, begins = 0, ends = 300, header } = options;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ ...claims, jti: String(Math.random()) })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT', ...header })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(now + Math.min(begins, ends))
    .setNotBefore(now + begins)
    .setExpirationTime(now + ends)
    .sign(key.privateKey);
}
