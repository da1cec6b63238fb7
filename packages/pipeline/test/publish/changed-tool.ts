import { consumers, rawManifest, type ProxiedRequest } from '@image-tooling/testkit';
import { expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { plantTool } from '../planted';
import { greet, type PublishWorkspace } from './workspace';

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** What is sent after one tool has changed. */
export function changedTool(workspace: () => PublishWorkspace): void {
  const podman = consumers.find(({ name }) => name === 'podman')!;
  const image = () => `${workspace().proxy.host}/team/child:main`;

  it('sends only new bytes to the registry, and to a client that has the old image', async (context) => {
    const reason = await podman.available();
    if (reason !== undefined) return context.skip(reason);
    try {
      valueOf(await podman.pull(image()));
      const before = await layersOf('main');
      await bump();
      const after = await layersOf('main');
      const fresh = after.filter(({ digest }) => !before.some((one) => one.digest === digest));
      expect(fresh).toHaveLength(['config', 'tool greet', 'help layer of child'].length);
      workspace().proxy.forget();
      valueOf(await podman.pull(image()));
      const pulled = workspace().proxy.asked({ method: 'GET', path: /\/blobs\// });
      expect(bytesOf(pulled)).toEqual(new Map(fresh.map(({ digest, size }) => [digest, size])));
      const ran = valueOf(await podman.run!(image(), ['greet']));
      expect(ran.stdout).toBe('greet 1.1.0\n');
    } finally {
      await podman.cleanup();
    }
    return undefined;
  });

  /** Changes the tool, and builds, tests, commits and publishes the image that has it. */
  async function bump(): Promise<void> {
    const { rig } = workspace();
    await plantTool(rig, greet('1.1.0'), 'linux/amd64');
    await rig.must(['build', 'child']);
    await rig.must(['test', 'child']);
    await workspace().commit();
    await workspace().mustPublish(['child']);
    const { blobs } = await workspace().reportOf('child');
    const sent = blobs.filter(({ how }) => how === 'pushed').map(({ label }) => label);
    expect(sent.sort()).toEqual(['config', 'help layer of child', 'tool greet']);
  }

  /** Returns the config and layers of an image of one platform. */
  async function layersOf(tag: string): Promise<Blob[]> {
    const { registry } = workspace();
    const index = await rawManifest(registry, 'team/child', tag);
    const [platform] = index!.json['manifests'] as Blob[];
    const { json } = (await rawManifest(registry, 'team/child', platform!.digest))!;
    return [json['config'] as Blob, ...(json['layers'] as Blob[])];
  }
}

/** Bytes of answers, by the digest that was asked for. */
function bytesOf(requests: readonly ProxiedRequest[]): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { path, sentBytes } of requests) {
    const digest = path.slice(path.lastIndexOf('/') + 1);
    bytes.set(digest, (bytes.get(digest) ?? 0) + sentBytes);
  }
  return bytes;
}
