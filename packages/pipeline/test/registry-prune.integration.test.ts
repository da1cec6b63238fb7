import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPIRES_ANNOTATION } from '@image-tooling/model';
import {
  plainRequest,
  rawManifest,
  startFaultProxy,
  startRegistry,
  tagsOf,
  wholeAt,
  whyNoRegistry,
  type FaultProxy,
  type RealRegistry,
} from '@image-tooling/testkit';
import { openRepository } from '@image-tooling/oci';
import { valueOf } from '@image-tooling/testkit/helpers';
import { prune, type Pruned } from '../src/registry';
import { failureOf, pushIndex, targetAt, testAccess, type TestAccess } from './registry-images';

const why = whyNoRegistry();
if (why !== undefined) console.log(`registry prune: skipped: ${why}`);

const EXPIRED = { [EXPIRES_ANNOTATION]: '2020-01-01T00:00:00Z' };
const LIVING = { [EXPIRES_ANNOTATION]: '2999-01-01T00:00:00Z' };

describe.skipIf(why !== undefined)('registry prune', () => {
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const run = (path: string, apply: boolean, host = registry.host, access = testAccess()) =>
    prune(targetAt(host, path, access), { apply });
  const pruned = async (...args: Parameters<typeof run>): Promise<Pruned> => valueOf(await run(...args));
  const digestsOf = ({ deletions }: Pruned): string[] => deletions.map(({ digest }) => digest).sort();

  /**
   * Returns an expired branch that shares a platform's manifest with main, and has something attached to
   * index and platform.
   */
  async function repository(path: string) {
    const push = (tag: string, content: string, annotations = {}) =>
      pushIndex(registry, path, tag, { content, annotations });
    const [main, old, young, release] = await Promise.all([
      push('main', 'shared'),
      push('branch-old', 'old', EXPIRED),
      push('branch-young', 'young', LIVING),
      push('1.2.3', 'release', { 'org.opencontainers.image.version': '1.2.3' }),
    ]);
    const same = await push('branch-same', 'shared', EXPIRED);
    const subjects = [old.digest, old.platforms[0], main.platforms[0], release.digest];
    const attached: string[] = [];
    for (const digest of subjects) attached.push(await attach(path, String(digest)));
    return { main, same, old, young, release, attached };
  }

  async function attach(path: string, digest: string): Promise<string> {
    const to = openRepository(targetAt(registry.host, path).repository, {
      env: {},
      signal: new AbortController().signal,
    });
    try {
      const subject = valueOf(await to.headManifest(digest));
      if (!subject) throw new Error(`no ${digest}`);
      const artifact = {
        artifactType: 'application/vnd.example.sbom',
        content: [],
        annotations: { of: digest },
      };
      return valueOf(await to.attach(subject, artifact)).digest;
    } finally {
      await to.close();
    }
  }

  const fallback = (digest: string | undefined) => String(digest).replace(':', '-');

  it('reports what would be deleted and deletes nothing', async () => {
    await repository('team/told');
    const before = await registry.files();
    const told = await pruned('team/told', false);
    expect(told.applied).toBe(false);
    expect(told.deletions.length).toBeGreaterThan(0);
    expect(await registry.files()).toEqual(before);
  });

  it('deletes expired branches with everything that only they refer to, and nothing else', async () => {
    const path = 'team/pruned';
    const { main, same, old, young, release, attached } = await repository(path);
    const done = await pruned(path, true);
    const lists = await Promise.all(
      [old.digest, old.platforms[0]].map((digest) => rawManifest(registry, path, fallback(digest))),
    );
    expect(lists).toEqual([undefined, undefined]);
    const [onOld, onPlatform, onMain, onRelease] = attached;
    for (const digest of [same.digest, old.digest, ...old.platforms, onOld, onPlatform])
      expect(digestsOf(done)).toContain(digest);
    expect(digestsOf(done)).toHaveLength(8);
    expect((await tagsOf(registry, path)).sort()).toEqual(
      ['1.2.3', 'branch-young', 'main', fallback(main.platforms[0]), fallback(release.digest)].sort(),
    );
    for (const kept of [main.digest, young.digest, release.digest, onMain, onRelease])
      expect(await wholeAt(registry, path, String(kept))).toEqual([]);
    expect(done.manifestBytes).toBeGreaterThan(1000);
    expect(done.blobBytes).toBeGreaterThan(100);
    expect((await pruned(path, true)).deletions).toEqual([]);
  });

  it('can run again after it was killed at any deletion, and keeps everything else complete', async () => {
    const path = 'team/killed';
    const { main, young, release } = await repository(path);
    const kept = [main, young, release].map(({ digest }) => digest);
    for (let gone = 0; ; gone++) {
      const proxy = await startFaultProxy(registry);
      try {
        proxy.fault({ method: 'DELETE', nth: 2, fault: { kind: 'answer', status: 400 } });
        const result = await run(path, true, proxy.host);
        for (const digest of kept) expect(await wholeAt(registry, path, digest)).toEqual([]);
        if (result.ok) break;
        expect(gone).toBeLessThan(20);
      } finally {
        await proxy.stop();
      }
    }
    expect((await tagsOf(registry, path)).filter((tag) => /same|old/.test(tag))).toEqual([]);
  });

  it('finds attachments of a missing manifest', async () => {
    const path = 'team/leftover';
    const { digest } = await pushIndex(registry, path, 'main', { content: 'x' });
    const attached = await attach(path, digest);
    const { digest: other } = await pushIndex(registry, path, '1.0.0', { content: 'y' });
    await attach(path, other);
    await plainRequest(registry, 'DELETE', `/v2/${path}/manifests/${digest}`);
    const done = await pruned(path, true);
    expect(done.deletions.map(({ reason }) => reason)).toEqual([
      `attached to ${digest}, which is gone`,
      `lists what is attached to ${digest}, which is gone`,
    ]);
    expect(await rawManifest(registry, path, attached)).toBeUndefined();
    expect((await tagsOf(registry, path)).sort()).toEqual(['1.0.0', fallback(other)]);
  });

  describe('while others publish', () => {
    let proxy: FaultProxy;
    let access: TestAccess;
    beforeAll(async () => {
      proxy = await startFaultProxy(registry);
    });
    afterAll(() => proxy.stop());

    /** Publishes something right before the first deletion. */
    async function duringPublish(path: string, publish: () => Promise<unknown>): Promise<Pruned> {
      access = testAccess();
      let published = false;
      proxy.heal();
      proxy.fault({
        method: 'GET',
        path: new RegExp(`${path}/tags/list`),
        nth: 2,
        fault: {
          kind: 'run',
          work: async () => {
            if (published) return;
            published = true;
            await publish();
          },
        },
      });
      return pruned(path, true, proxy.host, access);
    }

    it('keeps what they use again', async () => {
      const path = 'team/used-again';
      const { old } = await repository(path);
      const again = { digest: '' };
      await duringPublish(path, async () => {
        again.digest = (await pushIndex(registry, path, 'main', { content: 'old' })).digest;
      });
      expect(access.notes.join('\n')).toContain('a tag was written during the prune');
      expect(await wholeAt(registry, path, again.digest)).toEqual([]);
      expect(await rawManifest(registry, path, old.digest)).toBeUndefined();
      expect(await rawManifest(registry, path, String(old.platforms[0]))).toBeDefined();
    });

    it('keeps an expired index that gets another tag', async () => {
      const path = 'team/tagged';
      const { old } = await repository(path);
      await duringPublish(path, () =>
        pushIndex(registry, path, 'keep-this', { content: 'old', annotations: EXPIRED }),
      );
      expect(await wholeAt(registry, path, old.digest)).toEqual([]);
    });
  });

  it('deletes nothing if the clocks are a year apart', async () => {
    await repository('team/clock');
    const before = await registry.files();
    const now = Date.now() / 1000 + 365 * 86_400;
    const failure = failureOf(await prune(targetAt(registry.host, 'team/clock'), { apply: true, now }));
    expect(failure.code).toBe('clock');
    expect(failure.details).toEqual([
      expect.stringContaining(`this machine: ${new Date(now * 1000).getFullYear()}`),
      expect.stringContaining(`the registry: ${new Date().getFullYear()}`),
    ]);
    expect(await registry.files()).toEqual(before);
  });

  it('explains a registry that deletes nothing', async () => {
    const stubborn = await startRegistry({ deletes: false });
    try {
      await pushIndex(stubborn, 'team/x', 'branch-x', { content: 'x', annotations: EXPIRED });
      const failure = failureOf(await run('team/x', true, stubborn.host));
      expect(failure.code).toBe('registry-refused');
      expect(failure.message).toContain('405');
      expect(failure.hint).toContain('docs/registry.md');
    } finally {
      await stubborn.stop();
    }
  });

  it('has nothing to do in an empty repository', async () => {
    expect(await pruned('team/none', true)).toMatchObject({ deletions: [], kept: [] });
  });
});
