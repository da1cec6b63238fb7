import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  rawManifest,
  startFaultProxy,
  startRegistry,
  tagsOf,
  wholeAt,
  whyNoRegistry,
  type RealRegistry,
} from '@image-tooling/testkit';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { copyBetween, parsePlace, yank, type Copied } from '../src/registry';
import { failureOf, pushIndex, targetAt, testAccess } from './registry-images';

const why = whyNoRegistry();
if (why !== undefined) console.log(`registry copy: skipped: ${why}`);

/** What a path of the registry's API is for; `tag`: the fallback tag of referrers; `cosign`: a tag of cosign's. */
function kindOf(path: string): 'cosign' | 'manifest' | 'referrers' | 'tag' {
  if (path.includes('/referrers/')) return 'referrers';
  if (/\/manifests\/sha256-\w+\.(sig|att|sbom)$/.test(path)) return 'cosign';
  return /\/manifests\/sha256-\w+$/.test(path) ? 'tag' : 'manifest';
}

describe.skipIf(why !== undefined)('registry copy', () => {
  let here: RealRegistry;
  let there: RealRegistry;
  beforeAll(async () => {
    [here, there] = await Promise.all([startRegistry(), startRegistry()]);
  });
  afterAll(() => Promise.all([here.stop(), there.stop()]));

  const copy = (from: string, to: string, access = testAccess()) =>
    copyBetween({ from: valueOf(parsePlace(from, '/')), to: valueOf(parsePlace(to, '/')) }, access);
  const copied = async (from: string, to: string): Promise<Copied> => valueOf(await copy(from, to));

  /** Returns a release that is marked: an image with something attached. */
  async function release(path: string, version: string, content = path) {
    const annotations = { 'org.opencontainers.image.version': version };
    const index = await pushIndex(here, path, version, { content, annotations });
    valueOf(await yank(targetAt(here.host, path), { version, reason: 'bad' }));
    return index;
  }

  it('copies all platforms and attachments to another registry, and changes nothing the second time', async () => {
    const { digest } = await release('team/one', '1.2.3');
    const first = await copied(`${here.host}/team/one:1.2.3`, `${there.host}/mirror/one`);
    expect(first).toMatchObject({ root: { digest }, tag: '1.2.3', tagged: 'created' });
    expect(first.manifests.map(({ how }) => how)).toEqual(['pushed', 'pushed', 'pushed', 'pushed']);
    expect(await wholeAt(there, 'mirror/one', '1.2.3')).toEqual([]);
    expect(await tagsOf(there, 'mirror/one')).toContain(`sha256-${digest.slice(7)}`);
    const before = await there.files();
    const second = await copied(`${here.host}/team/one:1.2.3`, `${there.host}/mirror/one`);
    expect(second).toMatchObject({ tagged: 'same', blobs: [] });
    expect(await there.files()).toEqual(before);
  });

  it('sends few requests if there is nothing to do', async () => {
    await pushIndex(here, 'team/asked', '1.0.0', { content: 'asked' });
    const [source, target] = [await startFaultProxy(here), await startFaultProxy(there)];
    try {
      const run = () => copied(`${source.host}/team/asked:1.0.0`, `${target.host}/team/asked`);
      await run();
      source.forget();
      target.forget();
      await run();
      expect(target.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD']);
      // The tag; of three manifests each: itself, both places where its referrers may be, and cosign's tags.
      expect(source.requests.map(({ path }) => kindOf(path)).sort()).toEqual([
        ...Array<string>(9).fill('cosign'),
        ...Array<string>(4).fill('manifest'),
        ...Array<string>(3).fill('referrers'),
        ...Array<string>(3).fill('tag'),
      ]);
    } finally {
      await Promise.all([source.stop(), target.stop()]);
    }
  });

  it('copies to a folder and back, with attachments', async () => {
    const { digest } = await release('team/two', '1.0.0');
    const folder = `oci:${join(temporaryFolder(), 'layout')}`;
    await copied(`${here.host}/team/two:1.0.0`, folder);
    await copied(folder, `${there.host}/back/two`);
    expect((await rawManifest(there, 'back/two', '1.0.0'))?.digest).toBe(digest);
    const marked = valueOf(await yank(targetAt(there.host, 'back/two'), { version: '1.0.0', reason: 'bad' }));
    expect(marked.already).toBe(true);
  });

  it('never overwrites a version, and fails before anything is sent', async () => {
    const { digest } = await release('team/three', '2.0.0', 'one');
    const other = await pushIndex(there, 'team/three', '2.0.0', { content: 'other' });
    const before = await there.files();
    const refused = await copy(`${here.host}/team/three:2.0.0`, `${there.host}/team/three:2.0.0`);
    expect(failureOf(refused)).toMatchObject({ code: 'tag-taken' });
    expect(failureOf(refused).details?.join()).toContain(digest);
    expect(await there.files()).toEqual(before);
    const moved = await copied(`${here.host}/team/three:2.0.0`, `${there.host}/team/three:stable`);
    expect(moved.tagged).toBe('created');
    expect((await rawManifest(there, 'team/three', '2.0.0'))?.digest).toBe(other.digest);
  });

  it('writes no tag if it is stopped, and can run again', async () => {
    const { digest } = await release('team/four', '1.0.0');
    const proxy = await startFaultProxy(there);
    try {
      proxy.fault({
        method: 'PUT',
        path: /manifests\/sha256/,
        nth: 2,
        times: 1,
        fault: { kind: 'answer', status: 405 },
      });
      const to = `${proxy.host}/team/four:1.0.0`;
      expect(failureOf(await copy(`${here.host}/team/four:1.0.0`, to)).code).toBe('registry-refused');
      expect(await tagsOf(there, 'team/four')).toEqual([]);
      await copied(`${here.host}/team/four:1.0.0`, to);
      expect((await rawManifest(there, 'team/four', '1.0.0'))?.digest).toBe(digest);
    } finally {
      await proxy.stop();
    }
  });

  it('by digest writes no tag', async () => {
    const { digest } = await release('team/five', '1.0.0');
    const done = await copied(`${here.host}/team/five@${digest}`, `${there.host}/team/five`);
    expect(done).toMatchObject({ tagged: 'none', to: `${there.host}/team/five` });
    expect((await rawManifest(there, 'team/five', digest))?.digest).toBe(digest);
  });

  it.each([
    ['nothing there', 'team/none:1', 'gone'],
    ['no tag and no digest', 'team/none', 'usage'],
  ])('%s', async (_, from, code) => {
    expect(failureOf(await copy(`${here.host}/${from}`, `${there.host}/x/y`)).code).toBe(code);
  });

  it('uses the login in the environment for the source only if both are one registry', async () => {
    await release('team/six', '1.0.0');
    const proxy = await startFaultProxy(here);
    try {
      const access = testAccess({ REGISTRY_USERNAME: 'me', REGISTRY_PASSWORD: 'secret' });
      valueOf(await copy(`${proxy.host}/team/six:1.0.0`, `${there.host}/team/six`, access));
      expect(proxy.requests.filter(({ authorization }) => authorization)).toEqual([]);
    } finally {
      await proxy.stop();
    }
  });
});
