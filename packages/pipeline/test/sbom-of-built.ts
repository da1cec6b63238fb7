import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DebianPackage } from '@image-tooling/model';
import { readCycloneDx } from '@image-tooling/sbom';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { beforeAll, expect, it } from 'vitest';

/** Returns all SBOMs of both images. */
export function sbomsOf({ folder }: WorkspaceRig): Promise<string[]> {
  const files = ['base', 'child'].flatMap((image) =>
    ['sbom.cdx.json', 'sbom.spdx.json'].map((name) =>
      join(folder, 'images', image, 'dist/linux-amd64', name),
    ),
  );
  return Promise.all(files.map((file) => readFile(file, 'utf8')));
}

/** The SBOM of a built image says what is in it. */
export function sbomOfBuilt({ rig }: { readonly rig: () => WorkspaceRig }): void {
  let debs: readonly DebianPackage[];
  let layerOwner: (digest: string) => string | undefined;

  beforeAll(async () => {
    // The folder belongs to root, and the image's user is to see it.
    await chmod(rig().folder, 0o755);
    const stdout = await rig().must(['sbom', 'child']);
    const { components, layers } = valueOf(readCycloneDx(stdout, 'the SBOM'));
    debs = components.flatMap((one) => (one.kind === 'deb' ? [one] : []));
    layerOwner = (digest) => layers.find((layer) => layer.digest === digest)?.owner;
  });

  it('lists the packages that dpkg lists in it, with their sources', async () => {
    const format = '${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\\n';
    const stdout = await rig().must(['shell', 'child', '--', 'dpkg-query', '-W', `-f=${format}`]);
    const lines = debs.map(({ name, version, architecture, source }) =>
      [name, version, architecture, source.name, source.version].join(' '),
    );
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.sort()).toEqual(stdout.trim().split('\n').sort());
  });

  it('says which layer brings each', () => {
    const owners = new Map(debs.map(({ name, layer }) => [name, layerOwner(layer)]));
    expect([owners.get('fixture-hello'), owners.get('fixture-extra')]).toEqual(['base', 'child']);
  });

  it('is written once, and again if it is damaged or missing', async () => {
    const folder = join(rig().folder, 'images/child/dist/linux-amd64');
    const file = join(folder, 'sbom.cdx.json');
    const [before, { ino }] = [await sbomsOf(rig()), await stat(file)];
    await rig().must(['build', 'child']);
    expect((await stat(file)).ino).toBe(ino);
    await writeFile(file, '{}');
    await rig().must(['build', 'child']);
    expect(await sbomsOf(rig())).toEqual(before);
    await rm(join(folder, 'sbom.spdx.json'));
    await rig().must(['build', 'child']);
    expect(await sbomsOf(rig())).toEqual(before);
  });

  it('is not that of a build which was stopped, if the image is as before', async () => {
    const [definition, layers] = ['image.json', 'dist/linux-amd64/layers.json'].map((name) =>
      join(rig().folder, 'images/child', name),
    ) as [string, string];
    const before = await sbomsOf(rig());
    const [text, json] = [await readFile(definition, 'utf8'), await readFile(layers, 'utf8')];
    await writeFile(
      definition,
      JSON.stringify({ ...JSON.parse(text), config: { labels: { another: 'image' } } }),
    );
    // The build fails where it writes this file.
    await rm(layers);
    await mkdir(layers);
    expect((await rig().run(['build', 'child'])).exitCode).toBe(1);
    expect(await sbomsOf(rig())).not.toEqual(before);
    await rm(layers, { recursive: true });
    await writeFile(layers, json);
    await writeFile(definition, text);
    await rig().must(['build', 'child']);
    expect(await sbomsOf(rig())).toEqual(before);
  });

  it('is for images that are built', async () => {
    const { stderr, exitCode } = await rig().run(['sbom', 'child', '--platform=linux/arm64']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"child" is not built for linux/arm64.');
  });
}
