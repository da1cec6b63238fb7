import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, PREDICATES, type ImageVerdict } from '@image-tooling/attest';
import type { LayersFile } from '@image-tooling/model';
import { goPaths } from '@image-tooling/sources';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Rescanned } from '../../src';
import { altered } from './altered-file';
import { HELLO_CVE, NOW, withoutFixes, writeScanData } from './scan-data';
import { unsignedPlan } from './releases-of-child';
import { KEYS, published, referrersOf } from './signed';
import { signWith } from './signatures';
import { DIST, WRITE, type PublishWorkspace } from './workspace';

/** Re-scans of published images by their SBOMs. Later tests use what earlier ones published and attached. */
export function rescans(workspace: () => PublishWorkspace): void {
  const FAST = { IMAGE_HTTP_TRIES: '1', IMAGE_HTTP_TIMEOUT_SECONDS: '1' };
  const at = (team: string) => ({
    IMAGE_REGISTRY: `${workspace().proxy.host}/${team}`,
    IMAGE_SIGNING_KEY: KEYS.privateKey,
  });
  const rescan = (args: readonly string[] = [], env: NodeJS.ProcessEnv = at('rescanned')) =>
    workspace().rig.run(['rescan', ...args], workspace().env(env));
  const json = async (args: readonly string[] = [], env?: NodeJS.ProcessEnv) => {
    const { stdout, exitCode } = await rescan([...args, '--json'], env);
    return { ...(JSON.parse(stdout) as Rescanned), exitCode };
  };
  /** What is new, what still fails, and what no longer does, in each image. */
  const changes = ({ images, exitCode }: Rescanned & { exitCode: number }) => [
    exitCode,
    ...images.map(
      ({ report: { image }, changes: { newlyFailing, stillFailing, noLongerFailing }, attached }) =>
        [image, newlyFailing.length, stillFailing.length, noLongerFailing.length, attached].join(' '),
    ),
  ];
  const withoutFix = () => writeScanData(workspace().rig, withoutFixes);

  beforeAll(async () => {
    const { rig } = workspace();
    await signWith(workspace(), 'signing.key');
    await rig.write('scan.json', {});
    await withoutFix();
    await workspace().commit();
    await Promise.all(['base', 'child'].map((image) => rig.must(['test', image])));
    for (const image of ['base', 'child']) await workspace().mustPublish([image], at('rescanned'));
  });
  beforeEach(() => {
    workspace().proxy.heal();
    workspace().proxy.forget();
  });
  afterAll(async () => {
    workspace().proxy.heal();
    await signWith(workspace(), undefined);
    await rm(join(workspace().rig.folder, 'scan.json'), { force: true });
    await workspace().commit();
  });

  it('reads no layer, attaches the first result of each image, and nothing the second time', async () => {
    const first = await json();
    expect(changes(first)).toEqual([0, 'base 0 0 0 written', 'child 0 0 0 written']);
    expect(layersAsked(await layersOf())).toEqual([]);
    workspace().proxy.forget();
    expect(changes(await json())).toEqual([0, 'base 0 0 0 unchanged', 'child 0 0 0 unchanged']);
    expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
  });

  it('names what is new since then in parent and child, with the command that fixes it, once', async () => {
    await writeScanData(workspace().rig);
    const first = await rescan();
    expect(first.exitCode).toBe(1);
    expect(first.stdout).toMatch(/NEW +fixture-hello +1\.0 +1\.1 +base:main, child:main +CVE-2026-7777/);
    expect(first.stdout).toContain('npx nx run base:lock --family');
    expect(first.stdout).toMatch(/child:main amd64: FAILED: 1 newly failing \(since \d{4}-\d\d-\d\d\)/);
    expect(first.stderr).toContain('2 findings of published images are new, and can be fixed. (scan-failed)');
    workspace().proxy.forget();
    const second = await rescan();
    expect([second.exitCode, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toContain('Nothing changed since the last re-scan.');
    expect(second.stdout).toContain('child:main amd64: FAILED: 1 still failing');
    expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
  });

  it('on another machine says the same: the last result is in the registry', async () => {
    const { rig } = workspace();
    const env = { ...at('rescanned'), IMAGE_STORE: `${rig.store}-other` };
    onTestFinished(() => rm(env.IMAGE_STORE, { recursive: true, force: true }));
    await cp(goPaths(rig.store).vulnerabilities, goPaths(env.IMAGE_STORE).vulnerabilities, {
      recursive: true,
    });
    expect(changes(await json([], env))).toEqual([0, 'base 0 1 0 unchanged', 'child 0 1 0 unchanged']);
  });

  it('judges what a parent brings by the rules of the parent', async () => {
    const ignore = [{ id: HELLO_CVE, reason: 'not used', owner: 'tests', expires: '9999-12-31' }];
    await workspace().rig.write('images/base/scan.json', { ignore });
    onTestFinished(() => rm(join(workspace().rig.folder, 'images/base/scan.json'), { force: true }));
    expect(changes(await json())).toEqual([0, 'base 0 0 1 written', 'child 0 0 1 written']);
  });

  it('compares with the newest result if findings come back', async () => {
    expect(changes(await json())).toEqual([1, 'base 1 0 0 written', 'child 1 0 0 written']);
    expect(changes(await json())).toEqual([0, 'base 0 1 0 unchanged', 'child 0 1 0 unchanged']);
  });

  it('is shown by verify, which accepts the image as before', async () => {
    await workspace().rig.write('public.pem', KEYS.publicKey);
    const { host } = workspace().registry;
    const out = await workspace().rig.must([
      'verify',
      `${host}/rescanned/child:main`,
      '--key=public.pem',
      '--json',
    ]);
    const { verdict, manifests } = JSON.parse(out) as ImageVerdict;
    expect(verdict).toBe('verified');
    const scans = manifests[1]!.statements.filter(({ title }) => title === 'scan').map(({ text }) => text);
    expect(scans).toEqual([expect.stringMatching(/^1 finding, 1 to fix, since \d{4}-\d\d-\d\d$/)]);
  });

  it('with --dry-run attaches nothing, and needs only the public key', async () => {
    await withoutFix();
    onTestFinished(() => writeScanData(workspace().rig));
    await workspace().rig.write('public.pem', KEYS.publicKey);
    const env = { ...at('rescanned'), IMAGE_SIGNING_KEY: undefined };
    expect(changes(await json(['base', '--dry-run', '--key=public.pem'], env))).toEqual([
      0,
      'base 0 0 1 dry-run',
    ]);
    expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
  });

  describe('fails', () => {
    it.each([
      ['missing', (lock: string) => rm(lock)],
      [
        'cut off',
        async (lock: string) => workspace().rig.write('scan.lock.json', (await text(lock)).slice(0, -50)),
      ],
      [
        'old',
        () =>
          writeScanData(workspace().rig, ({ go, debian }) => ({ go: { ...go, time: NOW - 1.3e6 }, debian })),
      ],
    ])('before it asks a registry if the data is %s', async (_, damage) => {
      onTestFinished(() => writeScanData(workspace().rig));
      await damage(join(workspace().rig.folder, 'scan.lock.json'));
      const { exitCode, stderr } = await rescan();
      expect([exitCode, workspace().proxy.requests]).toEqual([1, []]);
      expect(stderr.match(/\(scan-invalid\)/g)).toHaveLength(1);
    });

    it('for SBOMs of another signer, and believes none of them', async () => {
      const env = { ...at('rescanned'), IMAGE_SIGNING_KEY: generateKeyPair(undefined).privateKey };
      const { exitCode, stdout, stderr } = await rescan([], env);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('Nothing was re-scanned.');
      expect(stderr).toMatch(/rescanned\/base:main linux\/amd64: its SBOM is not trusted: .* \(unsigned\)/);
    });

    it('for an image without SBOM or with a damaged one, names it, and scans the others', async () => {
      const { registry, rig } = workspace();
      const plan = unsignedPlan(workspace(), 'rescanned');
      await published(plan);
      const row = (
        await referrersOf({ ...plan, repository: `${registry.host}/rescanned/base` }, await digestOfBase())
      ).find(({ annotations }) => Object.values(annotations).includes(PREDICATES.cyclonedx));
      const manifest = await text(registry.blobFile(row?.digest ?? ''));
      const { layers } = JSON.parse(manifest) as { layers: { digest: string }[] };
      await altered(registry.blobFile(layers[0]!.digest), async () => {
        const { exitCode, stdout, stderr } = await rescan();
        expect(exitCode).toBe(1);
        expect(stdout).toContain('child:main amd64: FAILED: 1 still failing');
        expect(stderr).toMatch(/rescanned\/base:main linux\/amd64: its SBOM is not trusted/);
        expect(stderr).toMatch(
          /rescanned\/child:9\.9\.9 linux\/amd64: no SBOM is attached .*\(attestation-missing\)/,
        );
      });
      expect((await rescan(['--tag=main'])).exitCode).toBe(0);
      expect(
        await rig.run(['rescan', 'child', '--tag=8.8.8'], workspace().env(at('rescanned'))),
      ).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('The registry has no child with the tag 8.8.8. (gone)') as string,
      });
    });

    it.each([
      ['is down', { path: /./, fault: { kind: 'answer', status: 503 } }],
      ['hangs halfway', { path: /blobs/, fault: { kind: 'hang' } }],
    ] as const)('if the registry %s, and attaches nothing', async (_, fault) => {
      workspace().proxy.fault(fault);
      const { exitCode, stderr } = await rescan(['--tag=main'], { ...at('rescanned'), ...FAST });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/\((?:http-status|timeout)\)/);
      expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
    });

    it('if a result can not be attached, and says what it found', async () => {
      await withoutFix();
      onTestFinished(() => writeScanData(workspace().rig));
      workspace().proxy.fault({ method: WRITE, path: /manifests/, fault: { kind: 'answer', status: 405 } });
      const found = await rescan(['base', '--tag=main']);
      expect(found.exitCode).toBe(1);
      expect(found.stdout).toContain('1 no longer failing');
      expect(found.stdout).toContain('1 could not be attached');
    });
  });

  const text = (file: string): Promise<string> => readFile(file, 'utf8');
  const layersOf = async () =>
    (await workspace().read<LayersFile>(`images/child/${DIST}/layers.json`)).layers;
  const layersAsked = (layers: LayersFile['layers']) =>
    layers.flatMap(({ digest }) => workspace().proxy.asked({ path: new RegExp(`blobs/${digest}`) }));
  const digestOfBase = async () =>
    (await workspace().read<{ manifest: string }>(`images/base/${DIST}/digest.json`)).manifest;
}
