import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { LayerFile, ToolLock } from '@image-tooling/model';
import { makeCertificate, startForwardProxy, steady } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { layerFiles, packageTools, type PackageTools } from './package-tools';

let tools: PackageTools;
beforeAll(async () => {
  tools = await packageTools();
  const { rig, env } = tools;
  await Promise.all(['deb-tool', 'npm-tool'].map((name) => rig.must(['lock', name], env)));
});
afterAll(() => tools.remove());

const lockOf = async (name: string): Promise<string> =>
  readFile(join(tools.rig.folder, 'tools', name, 'lock.json'), 'utf8');

async function diffIdOf(name: string): Promise<string> {
  const file = join(tools.rig.folder, 'tools', name, 'dist/linux-amd64/layer.json');
  return (JSON.parse(await readFile(file, 'utf8')) as LayerFile).layer.diffId;
}

async function refused(args: readonly string[]): Promise<string> {
  const end = await tools.rig.run(args, tools.env);
  expect(end.exitCode).not.toBe(0);
  return steady(end.stderr, tools.rig);
}

describe('a tool of a Debian package', () => {
  it('is locked for each platform, by its hash', async () =>
    expect(
      steady(await lockOf('deb-tool'), tools.rig).replace(/"(time|size)": \d+/g, '"$1": 0'),
    ).toMatchSnapshot());

  it('has the wanted files, and their licences', async () => {
    await tools.rig.must(['build', 'deb-tool', '--platform', 'linux/amd64'], tools.env);
    expect(await layerFiles(tools.rig, 'deb-tool')).toMatchSnapshot();
    // One that differs needs a higher FORMAT in build/tool/deb.ts.
    expect(await diffIdOf('deb-tool')).toMatchInlineSnapshot(
      `"sha256:33f63abe99bb31b3a602b56892eb52198aec9455fbf2ebeafb320e4b1f21595b"`,
    );
  });

  it('at a version that is not in the archive is refused, with the versions that are', async () => {
    await tools.writeDeb({}, { version: '1.2.4' });
    onTestFinished(() => tools.writeDeb());
    expect(await refused(['lock', 'deb-tool'])).toMatchSnapshot();
  });

  it('without a wanted file is refused, with the nearest name', async () => {
    await tools.writeDeb({ files: { 'usr/sbin/fixture-tool': 'bin/fixture-tool' }, links: {} });
    onTestFinished(() => tools.writeDeb());
    expect(await refused(['build', 'deb-tool', '--platform', 'linux/amd64'])).toMatchSnapshot();
  });

  it('of another package than the locked one must be locked again', async () => {
    await tools.writeDeb({ package: 'fixture-other' });
    onTestFinished(() => tools.writeDeb());
    expect(await refused(['build', 'deb-tool', '--platform', 'linux/amd64'])).toContain('lock-stale');
  });
});

describe('a tool of an npm package', () => {
  it('is locked by hashes, without the address of a registry', async () => {
    const lock = await lockOf('npm-tool');
    expect(lock).not.toMatch(/127\.0\.0\.1|https?:/);
    expect(
      lock
        .replace(/sha512-[\w+/]+==/g, '<integrity>')
        .replace(/[0-9a-f]{64}/g, '<sha256>')
        .replace(/"size": \d+/g, '"size": 0'),
    ).toMatchSnapshot();
  });

  it('has the wanted files, from the store that the lock filled', async () => {
    const asked = tools.registry.requests.length;
    await Promise.all(
      ['linux/amd64', 'linux/arm64'].map((platform) =>
        tools.rig.must(['build', 'npm-tool', '--platform', platform], tools.env),
      ),
    );
    expect(tools.registry.requests).toHaveLength(asked);
    expect(await layerFiles(tools.rig, 'npm-tool')).toMatchSnapshot();
    expect(await layerFiles(tools.rig, 'npm-tool', 'linux-arm64')).toEqual(
      await layerFiles(tools.rig, 'npm-tool'),
    );
    // One that differs needs a higher FORMAT in build/tool/npm.ts.
    expect(await diffIdOf('npm-tool')).toMatchInlineSnapshot(
      `"sha256:eb10b376d0af79e9eac68be88c78e252749d4e504080c38a8e82882d97d35523"`,
    );
  });

  it('with other bytes of a locked version is not locked again', async () => {
    tools.registry.publish({
      name: '@fixture/tool-x64',
      version: '1.2.3',
      files: { 'bin/tool': 'other', 'lib/x': '' },
    });
    expect(await refused(['lock', 'npm-tool'])).toMatch(
      /npm-tool: the npm registry gave other bytes for @fixture\/tool-x64@1\.2\.3 than the locked ones[^]*expected sha512-/,
    );
  });

  it('takes no newer Go modules, and no version for images', async () => {
    const raise = ['--raise', 'example.invalid/word@v1.1.0'];
    expect(await refused(['lock', 'npm-tool', ...raise])).toContain(
      '"npm-tool" is not built from Go modules, so none can be raised.',
    );
    const image = await refused(['lock', 'base', ...raise, '--set-version', '1.0.0']);
    expect(image).toContain('"base" is an image: --raise is for tools.');
    expect(image).toContain('"base" is an image: --set-version is for tools.');
  });

  it('for one platform is locked for that one', async () => {
    await tools.writeNpm({ archNames: { amd64: 'none' } });
    onTestFinished(() => tools.writeNpm());
    const told = await tools.rig.must(['lock', 'npm-tool'], tools.env);
    expect(told).toContain('npm-tool: its source "npm" has nothing for linux/amd64');
    expect(Object.keys((JSON.parse(await lockOf('npm-tool')) as { npm: object }).npm)).toEqual([
      'linux/arm64',
    ]);
  });

  it('without a wanted file is not locked', async () => {
    await tools.writeNpm({ files: { 'bin/tol': 'bin/tool' } });
    onTestFinished(() => tools.writeNpm());
    expect(await refused(['lock', 'npm-tool'])).toMatchSnapshot();
  });

  it('is locked at another version, which is written into tool.json', async () => {
    const definition = join(tools.rig.folder, 'tools/npm-tool/tool.json');
    const before = await readFile(definition, 'utf8');
    onTestFinished(() => tools.writeNpm());
    expect(await refused(['lock', 'npm-tool', '--set-version', '1.2.4'])).toContain('package-not-found');
    expect(await readFile(definition, 'utf8')).toBe(before);
    for (const arch of ['x64', 'arm64']) {
      const name = `@fixture/tool-${arch}`;
      tools.registry.publish({ name, version: '1.2.4', files: { 'bin/tool': 'newer', 'lib/x': '' } });
    }
    await tools.rig.must(['lock', 'npm-tool', '--set-version', '1.2.4'], tools.env);
    expect(await readFile(definition, 'utf8')).toBe(before.replace('1.2.3', '1.2.4'));
    const { version, npm } = JSON.parse(await lockOf('npm-tool')) as ToolLock;
    expect(version).toBe('1.2.4');
    expect(Object.values(npm ?? {}).map((locked) => locked.version)).toEqual(['1.2.4', '1.2.4']);
  });
});

it('all requests go through a proxy, with a company’s certificate authority', async () => {
  const named = await packageTools({
    archiveUrl: 'http://archive.invalid',
    registryUrl: 'http://registry.invalid',
  });
  const { rig } = named;
  const certificate = await makeCertificate(rig.folder, 'vendor.invalid');
  const vendor = createServer({ key: certificate.key, cert: certificate.cert }, (_, response) =>
    response.end('\x7fELF program'),
  ).listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  const ports: Record<string, number> = {
    'archive.invalid:80': Number(new URL(named.archive.source.mirrors[0] ?? '').port),
    'registry.invalid:80': named.registry.port,
    'vendor.invalid:443': (vendor.address() as AddressInfo).port,
  };
  const proxy = await startForwardProxy({
    route: (authority) => ports[authority],
    login: 'ada:planted-secret',
  });
  onTestFinished(async () => {
    vendor.close();
    await Promise.all([named.remove(), proxy.stop()]);
  });
  await rig.write('tools/vendor-tool/tool.json', {
    description: 'A program of a vendor',
    homepage: 'https://vendor.invalid',
    license: 'Apache-2.0',
    version: '1.0.0',
    sources: {
      release: { url: 'https://vendor.invalid/tool-{arch}', files: { tool: 'bin/tool' }, format: 'binary' },
    },
  });
  const address = `http://ada:planted-secret@${proxy.host}`;
  const env = { ...named.env, HTTP_PROXY: address, HTTPS_PROXY: address, SSL_CERT_FILE: certificate.file };
  const outputs = await Promise.all(
    ['deb-tool', 'npm-tool', 'vendor-tool'].map((name) => rig.must(['lock', name], env)),
  );
  outputs.push(await rig.must(['build', 'deb-tool', '--platform', 'linux/amd64'], env));
  const hosts = proxy.asked.map((asked) => /(?:\/\/| )([\w.]+\.invalid)/.exec(asked)?.[1]);
  expect(new Set(hosts)).toEqual(new Set(['archive.invalid', 'registry.invalid', 'vendor.invalid']));
  expect(outputs.join('')).not.toContain('planted-secret');
});
