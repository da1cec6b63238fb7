import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GITLAB_PUSH_TO_MAIN, newKey, PULL_REQUEST, PUSH_TO_MAIN } from './issuer';
import { newHash, startOidcRig, type OidcRig } from './oidc-rig';
import type { Rig } from './rig';

let oidc: OidcRig;
let rig: Rig;
let job: OidcRig['job'];

beforeAll(async () => {
  oidc = await startOidcRig();
  ({ rig, job } = oidc);
});
afterAll(() => oidc.stop());

describe('what jobs may do', () => {
  it('a pull request reads its own entries, then the trusted ones; others do not read them', async () => {
    const [one, two] = [newHash(), newHash()];
    const main = await job(PUSH_TO_MAIN);
    const mine = await job(PULL_REQUEST);
    expect((await rig.put(one, 'trusted', main)).status).toBe(200);
    expect((await rig.get(one, mine)).body.toString()).toBe('trusted');
    expect((await rig.put(two, 'mine', mine)).status).toBe(200);
    expect((await rig.get(two, mine)).body.toString()).toBe('mine');
    const another = await job({ ...PULL_REQUEST, ref: 'refs/pull/8/merge', head_ref: 'feature-8' });
    for (const reader of [main, another]) expect((await rig.get(two, reader)).status).toBe(404);
  });

  it.each([
    ['an environment of releases', { ...PUSH_TO_MAIN, environment: 'release' }],
    ['a tag', { ...PUSH_TO_MAIN, ref: 'refs/tags/v1', ref_type: 'tag' }],
    ['an environment of releases, on GitLab', { ...GITLAB_PUSH_TO_MAIN, environment: 'release' }],
  ])('a job of %s reads only trusted entries, and writes nothing', async (_, claims) => {
    const [one, two] = [newHash(), newHash()];
    const release = await job(claims);
    expect((await rig.put(one, 'trusted', await job(PUSH_TO_MAIN))).status).toBe(200);
    expect((await rig.get(one, release)).body.toString()).toBe('trusted');
    expect(await rig.put(two, 'x', release)).toMatchObject({ status: 403, reason: 'read-only' });
    await rig.put(two, 'own', await job(PULL_REQUEST));
    expect((await rig.get(two, release)).status).toBe(404);
  });

  it('main of GitLab and main of GitHub share the trusted entries of a project', async () => {
    const hash = newHash();
    expect((await rig.put(hash, 'x', await job(GITLAB_PUSH_TO_MAIN))).status).toBe(200);
    expect((await rig.get(hash, await job(PUSH_TO_MAIN))).status).toBe(200);
  });

  it('a new key of the issuer is read when a token names it; the old one stops to count', async () => {
    const next = await newKey('key-next');
    oidc.github.keys = [next];
    try {
      expect((await rig.put(newHash(), 'x', await job(PUSH_TO_MAIN, { key: next }))).status).toBe(200);
      expect(await rig.put(newHash(), 'x', await job(PUSH_TO_MAIN))).toMatchObject({
        reason: 'invalid-token',
      });
    } finally {
      oidc.github.keys = [oidc.key];
    }
    expect((await rig.put(newHash(), 'x', await job(PUSH_TO_MAIN))).status).toBe(200);
  });
});
