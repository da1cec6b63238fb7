import { createHmac } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  GITLAB_MERGE_REQUEST,
  GITLAB_PUSH_TO_MAIN,
  PULL_REQUEST,
  PUSH_TO_MAIN,
  type TokenOptions,
} from './issuer';
import { newHash, startOidcRig, type OidcRig } from './oidc-rig';
import type { Rig } from './rig';

let oidc: OidcRig;
let rig: Rig;
let job: OidcRig['job'];
let attack: OidcRig['attack'];
let expectHarmless: OidcRig['expectHarmless'];

beforeAll(async () => {
  oidc = await startOidcRig();
  ({ rig, job, attack, expectHarmless } = oidc);
});
afterAll(() => oidc.stop());

describe('main never reads what was stored by', () => {
  it.each<[string, JWTPayload]>([
    ['a pull request, with the same key first', PULL_REQUEST],
    ['a pull request whose branch is called main', { ...PULL_REQUEST, head_ref: 'main' }],
    ['a pull request to a protected branch', { ...PULL_REQUEST, ref_protected: 'true' }],
    [
      'a pull request with ref refs/heads/main',
      { ...PULL_REQUEST, ref: 'refs/heads/main', ref_protected: 'true' },
    ],
    [
      'workflow_dispatch on a branch',
      { ...PUSH_TO_MAIN, event_name: 'workflow_dispatch', ref: 'refs/heads/x', ref_protected: 'false' },
    ],
    ['workflow_dispatch on main', { ...PUSH_TO_MAIN, event_name: 'workflow_dispatch' }],
    [
      'merge_group',
      { ...PUSH_TO_MAIN, event_name: 'merge_group', ref: 'refs/heads/gh-readonly-queue/main/pr-7' },
    ],
    ['pull_request_target', { ...PUSH_TO_MAIN, event_name: 'pull_request_target', head_ref: 'feature' }],
    ['workflow_run', { ...PUSH_TO_MAIN, event_name: 'workflow_run' }],
    ['issue_comment', { ...PUSH_TO_MAIN, event_name: 'issue_comment' }],
    ['a tag push', { ...PUSH_TO_MAIN, ref: 'refs/tags/main', ref_type: 'tag', ref_protected: 'true' }],
    ['a tag that says it is a branch', { ...PUSH_TO_MAIN, ref: 'refs/tags/main' }],
    ['an unprotected branch', { ...PUSH_TO_MAIN, ref_protected: 'false' }],
    ['a branch without ref_protected', { ...PUSH_TO_MAIN, ref_protected: undefined }],
    ['a branch whose ref_protected is no text', { ...PUSH_TO_MAIN, ref_protected: true }],
    ['another repository', { ...PUSH_TO_MAIN, repository: 'octo/other', repository_id: '999' }],
    ['an unknown repository', { ...PUSH_TO_MAIN, repository: 'mallory/x', repository_id: '1000' }],
    ['a recycled repository name, with another id', { ...PUSH_TO_MAIN, repository_id: '1296270' }],
    ['a token without an id of a repository', { ...PUSH_TO_MAIN, repository_id: undefined }],
    ['a job of GitHub with claims of GitLab', { ...PULL_REQUEST, pipeline_source: 'push' }],
  ])('%s', async (_, claims) => {
    const hash = newHash();
    const evil = await job(claims, { issuer: oidc.github.url });
    await expectHarmless(hash, () => attack(evil, hash));
  });

  it.each<[string, JWTPayload]>([
    ['a merge request of a fork whose branch is called main', GITLAB_MERGE_REQUEST],
    ['a merge request without ref_path', { ...GITLAB_MERGE_REQUEST, ref_path: undefined }],
    ['a child pipeline', { ...GITLAB_PUSH_TO_MAIN, pipeline_source: 'parent_pipeline' }],
    ['a pipeline started by hand', { ...GITLAB_PUSH_TO_MAIN, pipeline_source: 'web' }],
    ['an unprotected branch', { ...GITLAB_PUSH_TO_MAIN, ref_protected: 'false' }],
    ['a protected tag', { ...GITLAB_PUSH_TO_MAIN, ref_type: 'tag', ref_path: 'refs/tags/main' }],
    [
      'a ref_path that is not the branch',
      { ...GITLAB_PUSH_TO_MAIN, ref_path: 'refs/merge-requests/1/merge' },
    ],
    ['another project with the same path', { ...GITLAB_PUSH_TO_MAIN, project_id: '43' }],
  ])('%s, on GitLab', async (_, claims) => {
    const hash = newHash();
    const evil = await job(claims);
    await expectHarmless(hash, () => attack(evil, hash), GITLAB_PUSH_TO_MAIN);
  });

  it.each<[string, Partial<TokenOptions>, string]>([
    ['an expired token', { begins: -900, ends: -600 }, 'expired-token'],
    ['a token that is not yet valid', { begins: 600, ends: 900 }, 'invalid-token'],
    ['a token for another audience', { audience: 'https://other.example' }, 'invalid-token'],
    ['a token of an issuer that is not configured', { issuer: 'https://evil.example' }, 'unknown-issuer'],
  ])('%s', async (_, options, reason) => {
    const hash = newHash();
    const evil = await job(PUSH_TO_MAIN, options);
    await expectHarmless(hash, async () =>
      expect(await attack(evil, hash)).toMatchObject({ status: 403, reason }),
    );
    expect(await rig.get(hash, evil)).toMatchObject({ status: 404, reason });
  });

  it.each([
    ['signed by a stranger’s key', {}],
    ['whose kid is a stranger’s key', { kid: 'key-2' }],
    ['whose jku points to a stranger’s keys', { kid: 'key-2', jku: 'STRANGER' }],
    ['whose kid is a path', { kid: '../../dev/null' }],
    ['whose kid is a URL', { kid: 'STRANGER' }],
  ])('a token %s', async (_, header) => {
    const hash = newHash();
    const pointed = Object.fromEntries(
      Object.entries(header).map(([name, value]) => [name, value.replace('STRANGER', oidc.stranger.url)]),
    );
    const evil = await job(PUSH_TO_MAIN, {
      key: { ...oidc.strangerKey, kid: oidc.key.kid },
      header: pointed,
    });
    await expectHarmless(hash, async () => expect((await attack(evil, hash)).status).toBe(403));
    expect(oidc.stranger.asked).toBe(0);
  });

  it('a token with alg none, or HS256 with the public key as the secret', async () => {
    const [, payload] = (await job(PUSH_TO_MAIN)).split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hmacs = [oidc.key.spki, oidc.key.spki.trim(), JSON.stringify(oidc.key.jwk)].map((secret) => {
      const signed = `${encode({ alg: 'HS256', kid: oidc.key.kid, typ: 'JWT' })}.${payload}`;
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    });
    const nones = ['none', 'None', 'NONE'].flatMap((alg) => [
      `${encode({ alg, typ: 'JWT' })}.${payload}.`,
      `${encode({ alg, kid: oidc.key.kid })}.${payload}.AAAA`,
    ]);
    for (const evil of [...hmacs, ...nones]) {
      const hash = newHash();
      await expectHarmless(hash, async () =>
        expect(await attack(evil, hash)).toMatchObject({ status: 403, reason: 'invalid-token' }),
      );
    }
  });

  it('a token whose payload was changed', async () => {
    const [header, payload, signature] = (await job(PULL_REQUEST)).split('.');
    const claims = {
      ...(JSON.parse(Buffer.from(payload!, 'base64url').toString()) as object),
      ...PUSH_TO_MAIN,
    };
    const changed = Buffer.from(JSON.stringify(claims)).toString('base64url');
    const hash = newHash();
    await expectHarmless(hash, async () =>
      expect((await attack(`${header}.${changed}.${signature}`, hash)).status).toBe(403),
    );
  });
});
