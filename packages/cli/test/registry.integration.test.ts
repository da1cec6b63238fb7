import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { EXPIRES_ANNOTATION } from '@image-tooling/model';
import {
  pushPlainImage,
  pushPlainManifest,
  rawManifest,
  startRegistry,
  whyNoRegistry,
  type RealRegistry,
} from '@image-tooling/testkit';
import { TestHost } from './host';

const why = whyNoRegistry();
if (why !== undefined) console.log(`registry on the command line: skipped: ${why}`);

const OCI = 'application/vnd.oci.image';

describe.skipIf(why !== undefined)('registry, on the command line', () => {
  let registry: RealRegistry;
  let host: TestHost;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());
  beforeEach(() => (host = new TestHost()));
  afterEach(() => host.remove());

  /** An index of one platform, with this version, under tags. */
  async function release(path: string, tags: readonly string[], annotations: object): Promise<void> {
    const { digest } = await pushPlainImage(registry, path, tags[0] as string, { tag: 'platform' });
    const size = (await rawManifest(registry, path, digest))?.bytes.length;
    const manifest = { mediaType: `${OCI}.manifest.v1+json`, digest, size };
    const json = { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests: [manifest], annotations };
    for (const tag of tags) await pushPlainManifest(registry, path, json, tag);
  }

  const version = (text: string) => ({ 'org.opencontainers.image.version': text });
  const at = (path: string) => `${registry.host}/${path}`;

  /** Runs a command that must succeed; what differs from run to run is masked. */
  async function said(...args: string[]): Promise<string> {
    host.output.stdout = '';
    const { exitCode, stdout, stderr } = await host.run('registry', ...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout
      .replaceAll(registry.host, '<registry>')
      .replace(/\d+\.\d s/g, '<time>')
      .replace(/ in \d+ s/g, ' in <time>')
      .replace(/\b[0-9a-f]{64}\b/g, '<hash>')
      .replace(/sha256:[0-9a-f]{12}\b/g, 'sha256:<start>');
  }

  it('copies, and reports what was already there the second time', async () => {
    await release('team/copied', ['1.0.0'], version('1.0.0'));
    expect(await said('copy', `${at('team/copied')}:1.0.0`, 'oci:layout')).toMatchSnapshot();
    expect(await said('copy', 'oci:layout', at('team/again'))).toMatchSnapshot();
    expect(await said('copy', 'oci:layout', at('team/again'))).toMatchSnapshot();
  });

  it('lists what would be deleted, then deletes it', async () => {
    await release('team/pruned', ['main'], {});
    await release('team/pruned', ['branch-x', 'branch-x-0123456789ab'], {
      [EXPIRES_ANNOTATION]: '2020-01-01T00:00:00Z',
    });
    expect(await said('prune', at('team/pruned'))).toMatchSnapshot();
    expect(await said('prune', at('team/pruned'), '--apply')).toMatchSnapshot();
    expect(await said('prune', at('team/pruned'), at('team/none'))).toMatchSnapshot();
  });

  it('marks a release, and moves its tags back', async () => {
    await release('team/bad', ['1.0.0'], version('1.0.0'));
    await release('team/bad', ['1.0.1', '1.0', '1'], version('1.0.1'));
    await release('team/bad', ['2.0.0', 'latest'], version('2.0.0'));
    const yank = ['yank', at('team/bad'), '1.0.1', '--reason', 'loses data'];
    expect(await said(...yank)).toMatchSnapshot();
    expect(await said(...yank)).toMatchSnapshot();
    expect(await said('rollback', at('team/bad'), '1.0.0')).toMatchSnapshot();
    expect(await said('rollback', at('team/bad'), '1.0.0')).toMatchSnapshot();
    expect(await said('yank', at('team/bad'), '2.0.0', '--reason=y')).toMatchSnapshot();
  });

  it('reads the repositories of a workspace’s images from nx.json', async () => {
    const options = { registry: at('space') };
    host.write('nx.json', { plugins: [{ plugin: '@image-tooling/nx', options }] });
    for (const name of ['base', 'other'])
      host.write(`images/${name}/image.json`, { description: 'X', from: { debian: 'trixie' } });
    await release('space/base', ['1.0.0', 'latest'], version('1.0.0'));
    expect(await said('yank', 'base', '1.0.0', '--reason=y')).toMatchSnapshot();
    expect(await said('prune')).toMatchSnapshot();
  });
});
