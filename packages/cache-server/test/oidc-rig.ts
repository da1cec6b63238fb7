import type { JWTPayload } from 'jose';
import { expect } from 'vitest';
import {
  AUDIENCE,
  newKey,
  PROJECT_ID,
  PUSH_TO_MAIN,
  REPOSITORY_ID,
  startIssuer,
  token,
  type Issuer,
  type IssuerKey,
  type TokenOptions,
} from './issuer';
import { startRig, type Answer, type AskOptions, type Rig } from './rig';

/** A server that trusts an issuer of GitHub's kind and one of GitLab's. */
export interface OidcRig {
  readonly rig: Rig;
  readonly key: IssuerKey;
  readonly github: Issuer;
  /** An issuer that is not configured, with another key. */
  readonly stranger: Issuer;
  readonly strangerKey: IssuerKey;
  /** Returns the token of a job; of GitLab if it has a project_id. */
  readonly job: (claims: JWTPayload, options?: Partial<TokenOptions>) => Promise<string>;
  /** Stores "evil" with a token. */
  readonly attack: (token: string, hash: string, options?: AskOptions) => Promise<Answer>;
  /** Lets an attacker act on a hash, and checks that main reads nothing then, and can store its own entry. */
  readonly expectHarmless: (hash: string, attack: () => Promise<unknown>, main?: JWTPayload) => Promise<void>;
  stop(): Promise<unknown>;
}

export async function startOidcRig(): Promise<OidcRig> {
  const [key, strangerKey] = await Promise.all([newKey('key-1'), newKey('key-2')]);
  const [github, gitlab, stranger] = await Promise.all([key, key, strangerKey].map(startIssuer));
  const rig = await startRig({ cooldownMs: 0, config: configOf(github!, gitlab!) });
  const job = (claims: JWTPayload, options: Partial<TokenOptions> = {}) =>
    token(claims, { key, issuer: 'project_id' in claims ? gitlab!.url : github!.url, ...options });
  return {
    ...{ rig, key, github: github!, stranger: stranger!, strangerKey, job },
    attack: (by, hash, options = {}) =>
      rig.ask('PUT', `/v1/cache/${hash}`, { token: by, body: 'evil', ...options }),
    async expectHarmless(hash, attack, main = PUSH_TO_MAIN) {
      await attack();
      const trusted = await job(main);
      const read = await rig.get(hash, trusted);
      expect([read.status, read.body.toString()]).toEqual([404, '']);
      expect((await rig.put(hash, 'good', trusted)).status).toBe(200);
      expect((await rig.get(hash, trusted)).body.toString()).toBe('good');
    },
    stop: () => Promise.all([rig, github!, gitlab!, stranger!].map((one) => one.stop())),
  };
}

function configOf(github: Issuer, gitlab: Issuer): object {
  return {
    audience: AUDIENCE,
    github: { issuer: github.url },
    gitlab: { issuer: gitlab.url },
    projects: {
      tooling: {
        github: { repositoryId: REPOSITORY_ID, releaseEnvironments: ['release'] },
        gitlab: { projectId: PROJECT_ID, releaseEnvironments: ['release'] },
      },
      other: { github: { repositoryId: '999' } },
    },
  };
}

let hashes = 0;

/** A hash that no other test uses. */
export function newHash(): string {
  return String(1_000_000_000 + ++hashes);
}
