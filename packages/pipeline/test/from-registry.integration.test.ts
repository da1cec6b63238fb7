import { join } from 'node:path';
import { digestOf, type LayersFile } from '@image-tooling/model';
import { fileEntry, symlinkEntry } from '@image-tooling/layer';
import {
  createRig,
  startFaultProxy,
  startRegistry,
  whyNoRegistry,
  type FaultProxy,
  type RealRegistry,
  type RegistryFault,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  APP,
  built,
  exported,
  layersOf,
  lockOf,
  pushDocker,
  pushDockerList,
  read,
  seen,
  workspaceOn,
  type BaseLayers,
} from './base-images';
import { plantTool } from './planted';

const reason = whyNoRegistry();
if (reason !== undefined) console.warn(`from-registry: skipped, since ${reason}`);
let registry: RealRegistry;
let proxy: FaultProxy;
const push = (path: string, layers: BaseLayers, options = {}) => pushDocker(registry, path, layers, options);
/** As the proxy is asked for it. */
const at = (path: string, digest: string) => `${proxy.host}/${path}@${digest}`;

describe.skipIf(reason !== undefined)('an image on one of a registry', () => {
  beforeAll(async () => {
    registry = await startRegistry();
    proxy = await startFaultProxy(registry);
  });
  afterAll(async () => {
    await proxy.stop();
    await registry.stop();
  });

  it('keeps its layers byte for byte, inherits its config, and builds the same twice without the registry', async () => {
    const base = await push('scratch/app', await APP());
    const rig = await workspaceOn(at('scratch/app', base.digest), { tools: ['knife'], files: 'rootfs' });
    await rig.write('images/app/rootfs/bin/more', 'own\n');
    await plantTool(
      rig,
      { name: 'knife', version: '1.0.0', script: 'echo knife', checks: [] },
      'linux/amd64',
    );
    const told = await rig.must(['lock', 'app']);
    expect(told).toContain('Volumes of its config are not inherited');
    expect(await lockOf(rig)).toMatchObject({
      time: Date.UTC(2024, 4, 6, 7, 8, 9) / 1000,
      packages: [],
      base: { manifest: base.digest, apt: false, packages: [] },
    });
    proxy.forget();
    const first = await built(rig);
    proxy.fault({ fault: { kind: 'answer', status: 500 } });
    onTestFinished(() => proxy.heal());
    await rig.write('images/app/dist/linux-amd64/layers.json', '');
    expect(await built(rig)).toEqual(first);
    expect(proxy.requests).toEqual([]);
    const { layers, config } = await read<LayersFile>(rig, 'app/dist/linux-amd64/layers.json');
    expect(layers.map(({ kind, owner }) => `${kind} ${owner}`)).toEqual([
      'base app',
      'tool knife',
      'files app',
    ]);
    expect(layers[0]?.digest).toBe(base.layers[0]);
    expect(config).toEqual({
      env: { PATH: '/bin', COLOUR: 'blue=green' },
      entrypoint: ['/bin/app'],
      cmd: [],
      user: '65532',
      workdir: '/data',
    });
    expect(await exported(rig)).toEqual({
      layers: [
        'application/vnd.oci.image.layer.v1.tar+gzip',
        ...Array<string>(3).fill('application/vnd.oci.image.layer.v1.tar+zstd'),
      ],
      labels: expect.objectContaining({
        'org.opencontainers.image.base.name': `${proxy.host}/scratch/app`,
        'org.opencontainers.image.base.digest': base.digest,
      }) as object,
    });
  });

  it('pulls what the store lacks from the lock alone, and is the same image', async () => {
    const base = await push('again/app', await APP());
    const rig = await workspaceOn(at('again/app', base.digest));
    await rig.must(['lock', 'app']);
    const first = await built(rig);
    const other = await createRig();
    onTestFinished(() => other.remove());
    for (const file of ['app/image.json', 'app/lock.json'])
      await other.write(`images/${file}`, await read(rig, file));
    proxy.forget();
    expect(await built(other)).toEqual(first);
    expect(proxy.requests.map(({ path }) => path)).toEqual([`/v2/again/app/blobs/${base.layers[0]}`]);
  });

  it('collides with files of the base, except with removed ones', async () => {
    const layers = await layersOf(
      [
        fileEntry('opt/a', '1'),
        fileEntry('opt/kept', '1'),
        fileEntry('srv/x', '1'),
        symlinkEntry('old', 'opt'),
      ],
      [
        fileEntry('opt/.wh.a', ''),
        fileEntry('srv/.wh..wh..opq', ''),
        fileEntry('srv/y', '2'),
        fileEntry('.wh.old', ''),
      ],
    );
    const base = await push('whiteouts/app', layers);
    const rig = await workspaceOn(at('whiteouts/app', base.digest), { files: 'rootfs' });
    for (const path of ['opt/a', 'srv/x', 'old/file']) await rig.write(`images/app/rootfs/${path}`, 'own\n');
    await rig.must(['lock', 'app']);
    await rig.must(['build', 'app']);
    for (const path of ['opt/kept', 'srv/y']) await rig.write(`images/app/rootfs/${path}`, 'own\n');
    const text = await seen(rig, ['build', 'app']);
    expect(text).toContain(
      '/opt/kept comes from two layers: the base layer of app and the files layer of app',
    );
    expect(text).toMatch(/\/srv\/y comes from two layers[^]*2 errors/);
  });

  it('finds installed packages in images without dpkg', async () => {
    const record = 'Package: tzdata\nVersion: 2025b-1\nArchitecture: all\nDescription: zones\n';
    const [layer] = await layersOf([
      fileEntry('var/lib/dpkg/status.d/tzdata', record),
      fileEntry('var/lib/dpkg/status.d/tzdata.md5sums', 'x'),
      fileEntry('etc/os-release', 'ID=debian\nVERSION_CODENAME=trixie\n'),
    ]);
    const base = await push('distroless/app', layer ? [layer] : []);
    const rig = await workspaceOn(at('distroless/app', base.digest));
    await rig.must(['lock', 'app']);
    expect((await lockOf(rig))?.base).toMatchObject({
      os: { id: 'debian', codename: 'trixie' },
      apt: false,
      packages: [{ name: 'tzdata', version: '2025b-1', architecture: 'all' }],
    });
  });

  it('takes the platform out of an index, and names those it has', async () => {
    const path = 'index/app';
    const base = await push(path, await APP());
    const index = await pushDockerList(registry, path, base, [
      'linux/s390x',
      'unknown/unknown',
      'linux/amd64',
    ]);
    const rig = await workspaceOn(at(path, index));
    await rig.must(['lock', 'app']);
    expect((await lockOf(rig))?.base?.manifest).toBe(base.digest);
    const both = await workspaceOn(at(path, index), { platforms: ['linux/amd64', 'linux/arm64'] });
    expect(await seen(both, ['lock', 'app'])).toMatchInlineSnapshot(`
      "error: The image sha256:<sha256> is not for linux/arm64, but for linux/s390x, linux/amd64. (base-unusable)
        from.registry: 127.0.0.1:<port>/index/app@sha256:<sha256>
        help: Use the digest of an index that has the platform, or change "platforms" in image.json to the platforms of this image.
      "
    `);
    const single = await workspaceOn(at(path, base.digest), { platforms: ['linux/arm64'] });
    expect(await seen(single, ['lock', 'app'])).toContain('is not for linux/arm64, but for linux/amd64.');
  });

  it('refuses packages and users on a base that can’t have them', async () => {
    const base = await push('noapt/app', await APP());
    const rig = await workspaceOn(at('noapt/app', base.digest), {
      packages: ['jq'],
      users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox' }],
    });
    expect(await seen(rig, ['lock', 'app'])).toMatchInlineSnapshot(`
      "error: "app" asks for packages (jq) and users, but 127.0.0.1:<port>/noapt/app has no dpkg, apt and useradd in it. (base-unusable)
        images/app/image.json
        help: Add programs as tools and files, or use a base with apt.
      "
    `);
  });

  it.each([
    ['ubuntu', 'noble', '"ubuntu", not Debian'],
    ['debian', 'bookworm', 'is Debian bookworm, and "other" is based on Debian trixie'],
  ])('refuses packages on %s %s', async (id, codename, expected) => {
    const files = ['usr/bin/apt-get', 'usr/bin/dpkg', 'usr/sbin/useradd', 'var/lib/dpkg/status'];
    const layers = await layersOf([
      ...files.map((path) => fileEntry(path, '')),
      fileEntry('usr/lib/os-release', `ID=${id}\nVERSION_CODENAME=${codename}\n`),
    ]);
    const base = await push(`${id}/app`, layers);
    const rig = await workspaceOn(at(`${id}/app`, base.digest), { packages: ['jq'] });
    await rig.write('images/other/image.json', { description: 'Other', from: { debian: 'trixie' } });
    expect(await seen(rig, ['lock', 'app'])).toContain(expected);
  });

  it('refuses an image whose layers do not match its config', async () => {
    const wrong = { rootfs: { type: 'layers', diff_ids: [digestOf('something else')] } };
    const base = await push('liar/app', await APP(), { config: wrong });
    const rig = await workspaceOn(at('liar/app', base.digest));
    expect(await seen(rig, ['lock', 'app'])).toContain('(base-unusable)');
  });

  it('reports a missing image, and a missing login', async () => {
    const rig = await workspaceOn(at('nobody/app', `sha256:${'0'.repeat(64)}`));
    expect(await seen(rig, ['lock', 'app'])).toMatchInlineSnapshot(`
      "error: 127.0.0.1:<port>/nobody/app has no manifest sha256:<sha256>. (gone)
        from.registry: 127.0.0.1:<port>/nobody/app@sha256:<sha256>
        help: Check the digest. If the repository is private, log in to the registry.
      "
    `);
    const closed = await startRegistry({ auth: { user: 'user', password: 'password' } });
    onTestFinished(() => closed.stop());
    await rig.write('images/app/image.json', {
      description: 'On a base',
      from: { registry: `${closed.host}/team/app@sha256:${'0'.repeat(64)}` },
      platforms: ['linux/amd64'],
    });
    expect(await seen(rig, ['lock', 'app'], { DOCKER_CONFIG: rig.folder })).toMatchInlineSnapshot(`
      "error: Could not read the manifest sha256:<sha256> of team/app: 127.0.0.1:<port> requires a login (401), and there are no credentials for it. (registry-auth)
        from.registry: 127.0.0.1:<port>/team/app@sha256:<sha256>
        help: To log in, run "docker login 127.0.0.1:<port>", or set REGISTRY_USERNAME and REGISTRY_PASSWORD.
      "
    `);
  });

  it.each([
    ['wrong bytes', { kind: 'flip-bit', at: 20 }, 'checksum'],
    ['404', { kind: 'answer', status: 404 }, 'gone'],
  ] satisfies [string, RegistryFault, string][])(
    'reports a layer with %s, and keeps nothing',
    async (_, fault, code) => {
      const base = await push('faults/app', await APP());
      const rig = await workspaceOn(at('faults/app', base.digest));
      await rig.must(['lock', 'app']);
      const fresh = { IMAGE_STORE: join(rig.folder, 'fresh') };
      proxy.fault({ path: /blobs/, fault });
      onTestFinished(() => proxy.heal());
      const text = await seen(rig, ['build', 'app'], fresh);
      expect(text).toContain(`(${code})`);
      expect(text).toContain('from.registry: 127.0.0.1:<port>/faults/app@sha256:');
      proxy.heal();
      await rig.must(['build', 'app'], fresh);
    },
  );
});
