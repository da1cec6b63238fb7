import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT_CODES, type ImageVerdict } from '@image-tooling/attest';
import type { LayersFile } from '@image-tooling/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { altered } from './altered-file';
import { DIST, type PublishWorkspace } from './workspace';

/** The system of a signed image is installed again by a real engine. */
export function rebuilds(workspace: () => PublishWorkspace): void {
  const image = () => `${workspace().registry.host}/rebuilt/base:main`;
  const asked = () => ['verify', image(), '--key=rebuilt.key.pub', '--rebuild=system'];
  const leftovers = () => readdir(join(workspace().rig.store, 'tmp'));
  const layersOf = () => workspace().read<LayersFile>(`images/base/${DIST}/layers.json`);

  beforeAll(async () => {
    await workspace().rig.must(['keygen', '--file=rebuilt.key']);
    await signWith('rebuilt.key');
    await workspace().mustPublish(['base'], { IMAGE_REGISTRY: `${workspace().registry.host}/rebuilt` });
  });
  afterAll(() => signWith(undefined));

  it('gives the same bytes, with progress next to the JSON', async () => {
    const { exitCode, stdout, stderr } = await workspace().rig.run([...asked(), '--json']);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining('base: install') as string,
    });
    const { verdict, manifests } = JSON.parse(stdout) as ImageVerdict;
    expect(verdict).toBe('verified');
    const all = (await layersOf()).layers.length + 1;
    const commit = await workspace().git('rev-parse', 'HEAD');
    expect(manifests.at(-1)?.rebuilt).toMatchObject({ mode: 'system', commit, layers: all, made: all });
    expect(await leftovers()).toEqual([]);
  });

  it('is not tried if a byte was changed in the registry', async () => {
    const [{ digest }] = (await layersOf()).layers as [LayersFile['layers'][number]];
    await altered(workspace().registry.blobFile(digest), async () => {
      const { exitCode, stdout } = await workspace().rig.run(asked());
      expect(exitCode).toBe(EXIT_CODES.altered);
      expect(stdout).toContain(`the bootstrap layer of base (${digest}) differs`);
      expect(stdout).not.toContain('install');
    });
  });

  it('leaves nothing behind on Ctrl-C', async () => {
    const started = workspace().rig.start(asked());
    await started.until(/engine: /);
    started.child.kill('SIGINT');
    const { exitCode, stderr } = await started.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'Stopped. Run it again to start over.\n' });
    expect(await leftovers()).toEqual([]);
  });

  /** Sets "signing" in nx.json, and commits it; keys are ignored. */
  async function signWith(key: string | undefined): Promise<void> {
    const { rig } = workspace();
    const json = await workspace().read<{ plugins: [{ options: Record<string, unknown> }] }>('nx.json');
    json.plugins[0].options['signing'] = key === undefined ? undefined : { key };
    await rig.write('nx.json', json);
    await rig.write('.gitignore', 'dist\n*.env\n*.key*\n');
    await workspace().commit();
  }
}
