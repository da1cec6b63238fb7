import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ok, wantedTags, type PublishMode } from '@image-tooling/model';
import {
  rawManifest,
  startFaultProxy,
  startRegistry,
  tagsOf,
  whyNoRegistry,
  type RealRegistry,
} from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { rollback, yank, type RegistryTarget } from '../src/registry';
import { planTags } from '../src/publish/tags';
import { openRemote } from '../src/registry-access';
import { failureOf, pushIndex, targetAt } from './registry-images';

const why = whyNoRegistry();
if (why !== undefined) console.log(`registry yank and rollback: skipped: ${why}`);

describe.skipIf(why !== undefined)('a bad release', () => {
  let registry: RealRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  /** Releases with the tags that lead to them. */
  async function releases(
    path: string,
    rows: Readonly<Record<string, readonly string[]>>,
  ): Promise<RegistryTarget> {
    await Promise.all(
      Object.entries(rows).map(([version, aliases]) => {
        const annotations = { 'org.opencontainers.image.version': version };
        return pushIndex(registry, path, [version, ...aliases], { content: version, annotations });
      }),
    );
    return targetAt(registry.host, path);
  }

  const at = async (target: RegistryTarget, tag: string) =>
    (await rawManifest(registry, target.repository.path, tag))?.digest;
  const bad = (version: string, reason = 'loses data') => ({ version, reason });

  it('is marked once, deletes nothing, and lists good releases for its tags', async () => {
    const target = await releases('team/yank', {
      '1.1.0': ['1.1'],
      '1.2.3': [],
      '1.2.4': ['1.2', '1', 'latest'],
    });
    const before = await at(target, '1.2.4');
    const first = valueOf(await yank(target, bad('1.2.4')));
    expect(first).toMatchObject({ digest: before, already: false, reasons: ['loses data'] });
    expect(first.aliases).toEqual([
      { alias: '1.2', backTo: '1.2.3' },
      { alias: '1', backTo: '1.2.3' },
      { alias: 'latest', backTo: '1.2.3' },
    ]);
    for (const tag of ['1.2.4', '1.2', '1', 'latest']) expect(await at(target, tag)).toBe(before);
    const files = await registry.files();
    expect(valueOf(await yank(target, bad('1.2.4')))).toEqual({ ...first, already: true });
    expect(await registry.files()).toEqual(files);
    expect(valueOf(await yank(target, bad('1.2.4', 'and more')))).toMatchObject({
      already: false,
      reasons: ['loses data', 'and more'],
    });
  });

  it('skips other marked releases, and reports if no good one is left', async () => {
    const target = await releases('team/last', {
      '1.0.0': ['1.0'],
      '2.0.0': [],
      '2.0.1': ['2.0', '2', 'latest'],
    });
    valueOf(await yank(target, bad('2.0.0')));
    expect(valueOf(await yank(target, bad('2.0.1'))).aliases).toEqual([
      { alias: '2.0' },
      { alias: '2' },
      { alias: 'latest', backTo: '1.0.0' },
    ]);
  });

  it('moves back tags that point to it, and no others', async () => {
    const target = await releases('team/back', { '1.2.3': [], '1.2.4': ['1.2', '1'], '2.0.0': ['latest'] });
    valueOf(await yank(target, bad('1.2.4')));
    const good = await at(target, '1.2.3');
    const [yanked, newest] = [await at(target, '1.2.4'), await at(target, '2.0.0')];
    const done = valueOf(await rollback(target, '1.2.3'));
    const from = { digest: yanked, version: '1.2.4', reasons: ['loses data'] };
    expect(done).toEqual({
      version: '1.2.3',
      digest: good,
      aliases: [
        { alias: '1.2', action: 'moved', from },
        { alias: '1', action: 'moved', from },
        { alias: 'latest', action: 'kept', from: { digest: newest, version: '2.0.0', reasons: [] } },
      ],
    });
    expect([await at(target, '1.2'), await at(target, '1'), await at(target, 'latest')]).toEqual([
      good,
      good,
      newest,
    ]);
    expect(await at(target, '1.2.4')).toBe(yanked);
    const again = valueOf(await rollback(target, '1.2.3'));
    expect(again.aliases.map(({ action }) => action)).toEqual(['same', 'same', 'kept']);
  });

  it('creates no missing tag', async () => {
    const target = await releases('team/absent', { '1.0.0': [], '1.0.1': ['latest'] });
    valueOf(await yank(target, bad('1.0.1')));
    const { aliases } = valueOf(await rollback(target, '1.0.0'));
    expect(aliases.map(({ alias, action }) => [alias, action])).toEqual([
      ['1.0', 'absent'],
      ['1', 'absent'],
      ['latest', 'moved'],
    ]);
    expect(await tagsOf(registry, 'team/absent')).not.toContain('1.0');
  });

  it('is refused as target of a rollback, as are missing ones and pre-releases', async () => {
    const target = await releases('team/refused', { '1.0.0': ['latest'], '1.1.0-rc.1': [] });
    valueOf(await yank(target, bad('1.0.0')));
    expect(failureOf(await rollback(target, '1.0.0'))).toMatchObject({
      code: 'not-publishable',
      details: ['reason: loses data'],
    });
    const missing = failureOf(await rollback(target, '1.0.1'));
    expect(missing).toMatchObject({ code: 'unknown-reference', hint: 'The newest releases there: 1.0.0.' });
    expect(failureOf(await rollback(target, '1.1.0-rc.1')).code).toBe('usage');
    expect(failureOf(await rollback(target, 'latest')).code).toBe('usage');
    expect(failureOf(await yank(target, bad('v1.0.0'))).code).toBe('usage');
    expect(failureOf(await yank(target, bad('3.0.0'))).code).toBe('unknown-reference');
  });

  it('does not hold back the next publish', async () => {
    const target = await releases('team/next', { '1.2.3': ['1.2'], '1.3.0': ['1.3', '1', 'latest'] });
    const next: PublishMode = { kind: 'release', version: '1.2.4' };
    const wanted = wantedTags(next, { id: '0'.repeat(40) });
    const index = `sha256:${'4'.repeat(64)}` as const;
    const moves = async () => {
      const repository = openRemote(target.repository, target.access);
      try {
        const request = {
          image: 'next',
          mode: next,
          wanted,
          newerCommits: async () => ok([]),
          dryRun: false,
        };
        const planned = valueOf(await planTags(repository, request, index, { isFinal: true }));
        return planned.map(({ tag, action }) => `${tag} ${action}`);
      } finally {
        await repository.close();
      }
    };
    expect(await moves()).toEqual(['1.2.4 create', '1.2 move', '1 held', 'latest held']);
    valueOf(await yank(target, bad('1.3.0')));
    expect(await moves()).toEqual(['1.2.4 create', '1.2 move', '1 move', 'latest move']);
    valueOf(await rollback(target, '1.2.3'));
    expect(await moves()).toEqual(['1.2.4 create', '1.2 move', '1 move', 'latest move']);
  });

  it('a rollback that was killed between two tags continues in the next run', async () => {
    const target = await releases('team/killed', { '1.0.0': [], '1.0.1': ['1.0', '1', 'latest'] });
    valueOf(await yank(target, bad('1.0.1')));
    const proxy = await startFaultProxy(registry);
    try {
      proxy.fault({ method: 'PUT', path: /manifests\/1$/, times: 1, fault: { kind: 'answer', status: 405 } });
      expect(failureOf(await rollback(targetAt(proxy.host, 'team/killed'), '1.0.0')).code).toBe(
        'registry-refused',
      );
    } finally {
      await proxy.stop();
    }
    const done = valueOf(await rollback(target, '1.0.0'));
    expect(done.aliases.map(({ action }) => action)).toEqual(['same', 'moved', 'moved']);
  });
});
