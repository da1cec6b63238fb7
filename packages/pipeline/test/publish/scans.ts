import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanLock, ScanReport } from '@image-tooling/scan';
import type { CommandLineEnd, WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeImages } from '../fixture-images';
import { HELLO_CVE, NOW, writeScanData } from './scan-data';
import { WRITE, type PublishWorkspace } from './workspace';

const DAY = 86_400;
const PLATFORM = ['--platform', 'linux/amd64'];

/** Scans of the images that were published, and what they refuse. */
export function scans(workspace: () => PublishWorkspace): void {
  const rig = (): WorkspaceRig => workspace().rig;
  const scan = (image: string, ...more: string[]) => rig().run(['scan', image, ...PLATFORM, ...more]);
  const pathOf = (path: string) => join(rig().folder, path);

  beforeAll(async () => {
    await rig().write('scan.json', {});
    await writeScanData(rig());
    await workspace().commit();
  });
  afterAll(() => rm(pathOf('scan.json'), { force: true }));

  async function reportOf(image: string): Promise<ScanReport> {
    return workspace().read(`images/${image}/dist/scan/linux-amd64/scan.json`);
  }

  async function verdicts(image: string): Promise<string[]> {
    return (await reportOf(image)).findings.map(({ id, status }) => `${id} ${status}`);
  }

  /** Changes a file until the test has ended. */
  async function changed(path: string, change: () => Promise<void>): Promise<void> {
    const text = await readFile(pathOf(path), 'utf8').catch(() => undefined);
    onTestFinished(() => (text === undefined ? rm(pathOf(path)) : rig().write(path, text)));
    await change();
  }

  describe('the command "scan"', () => {
    it('fails on a package with a fix, and names the command', async () => {
      const { exitCode, stdout, stderr } = await scan('base');
      expect([exitCode, await verdicts('base')]).toEqual([1, [`${HELLO_CVE} failing`]]);
      expect(stdout).toContain('npx nx run base:lock --family   (1 finding)');
      expect(stderr).toContain('error: base linux/amd64: the scan has 1 finding to fix. (scan-failed)');
    });

    it('of a child counts what the parent brings', async () => {
      const { exitCode, stdout, stderr } = await scan('child');
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(await verdicts('child')).toEqual([`${HELLO_CVE} inherited`]);
      expect(stdout).toContain('child linux/amd64: passed: 1 inherited');
    });

    it('prints the reports as JSON', async () => {
      const { exitCode, stdout } = await scan('base', '--json');
      const [report] = JSON.parse(stdout) as [ScanReport];
      expect([exitCode, report]).toEqual([1, await reportOf('base')]);
    });

    it('writes SARIF, HTML and VEX, whose package URLs are those of the SBOM', async () => {
      const ignore = [{ id: HELLO_CVE, reason: 'not called', owner: 'team', expires: '2999-12-31' }];
      await changed('images/base/scan.json', () => rig().write('images/base/scan.json', { ignore }));
      expect((await scan('base')).exitCode).toBe(0);
      const files = await rig().bash('cd images/base/dist/scan/linux-amd64 && ls && cat vex.json');
      expect(files.stdout.toString()).toMatch(/^scan\.html\nscan\.json\nscan\.sarif\nvex\.json\n/);
      const ids = [...files.stdout.toString().matchAll(/"@id": "(pkg:[^"]*)"/g)].map(([, id]) => id);
      const sbom = await rig().must(['sbom', 'base', ...PLATFORM]);
      expect(ids).toHaveLength(3);
      for (const id of ids) expect(sbom).toContain(`"purl": "${id}"`);
    });

    it('reads no blob of a layer that a build has searched for secrets, also on another machine', async () => {
      await rig().must(['build', 'base', ...PLATFORM]);
      const known = [join(rig().store, 'secrets'), join(rig().store, 'blobs')];
      for (const folder of known) await rename(folder, `${folder}.aside`);
      onTestFinished(async () => {
        for (const folder of known) {
          await rm(folder, { recursive: true, force: true });
          await rename(`${folder}.aside`, folder);
        }
      });
      const file = pathOf('images/base/dist/linux-amd64/secrets.json.gz');
      const written = await readFile(file);
      await rig().must(['build', 'base', ...PLATFORM]);
      expect(await readFile(file)).toEqual(written);
      const { stdout } = await scan('base');
      expect(await verdicts('base')).toEqual([`${HELLO_CVE} failing`]);
      expect(stdout).not.toContain('search');
      // The help layer, of a few kilobytes, is made again for its digest.
      expect(await readdir(join(rig().store, 'blobs', 'sha256'))).toHaveLength(1);
    });

    it('reads no path index of a layer that a build looked for collisions in', async () => {
      const indexes = join(rig().store, 'paths');
      await rename(indexes, `${indexes}.whole`);
      onTestFinished(async () => {
        await rm(indexes, { recursive: true });
        await rename(`${indexes}.whole`, indexes);
      });
      await mkdir(indexes);
      for (const name of await readdir(`${indexes}.whole`)) await writeFile(join(indexes, name), 'damaged');
      expect((await scan('child')).exitCode).toBe(0);
      await changed('images/child/dist/linux-amd64/digest.json', () =>
        rm(pathOf('images/child/dist/linux-amd64/digest.json')),
      );
      expect((await scan('child')).stderr).toContain('(store-corrupt)');
    });

    it('finds passwords in rootfs/ and ENV, and shows no part of them', async () => {
      const password = 'k3xq8vw2';
      const netrc = 'images/base/rootfs/etc/.netrc';
      onTestFinished(async () => {
        await rm(pathOf(netrc), { force: true });
        await writeImages(rig(), {}, { tools: ['greet'] });
        await rig().must(['build', 'base', ...PLATFORM]);
      });
      await rig().write(netrc, `machine a.example login b password ${password}\n`);
      await writeImages(rig(), { config: { env: { DB_PASSWORD: password } } }, { tools: ['greet'] });
      await rig().must(['build', 'base', ...PLATFORM]);
      const { exitCode, stdout, stderr } = await scan('base');
      const report = await reportOf('base');
      const secrets = report.findings.filter(({ kind }) => kind === 'secret');
      expect(exitCode).toBe(1);
      expect(secrets.map(({ id, place, owner, status }) => [id, place, owner, status])).toEqual(
        expect.arrayContaining([
          ['netrc', '/etc/.netrc', 'base', 'failing'],
          ['secret-variable', 'ENV DB_PASSWORD', 'base', 'failing'],
        ]),
      );
      expect([stdout, stderr, JSON.stringify(report)].join()).not.toContain(password.slice(0, 4));
    });

    it('finds a setuid file and a size over the budget, until they are allowed', async () => {
      const change = async (more: object): Promise<void> => {
        await writeImages(rig(), more, { tools: ['greet'] });
        await rig().must(['build', 'base', ...PLATFORM]);
      };
      onTestFinished(() => change({}));
      const modes = { '/etc/fixture.conf': '4755' };
      await change({ modes, budget: { compressed: '1KB' } });
      await scan('base');
      expect(await verdicts('base')).toEqual([
        'setuid failing',
        'size-budget failing',
        `${HELLO_CVE} failing`,
      ]);
      await change({ modes, setuid: ['/etc/fixture.conf'], budget: { compressed: '1GB' } });
      await scan('base');
      expect(await verdicts('base')).toEqual([`${HELLO_CVE} failing`]);
    });
  });

  describe('without valid data', () => {
    const refused = async (): Promise<string> => {
      const { exitCode, stderr } = await scan('base');
      expect(exitCode).toBe(1);
      await expect(reportOf('base')).rejects.toThrow('ENOENT');
      return stderr;
    };
    const withData = (change: (lock: ScanLock) => ScanLock) =>
      changed('scan.lock.json', () => writeScanData(rig(), change));

    it('that is missing, it is no scan, and leaves no report', async () => {
      await changed('scan.lock.json', () => rm(pathOf('scan.lock.json')));
      expect(await refused()).toContain('(scan-invalid)');
    });

    it('that is cut off, it is no scan', async () => {
      const text = await readFile(pathOf('scan.lock.json'), 'utf8');
      await changed('scan.lock.json', () => rig().write('scan.lock.json', text.slice(0, -100)));
      expect(await refused()).toContain('(scan-invalid)');
    });

    it.each(['go', 'debian'] as const)('of %s that is too old, it is no scan', async (part) => {
      const time = NOW - 15 * DAY;
      await withData(({ go, debian }) =>
        part === 'go'
          ? { go: { ...go, time }, debian }
          : { go, debian: { trixie: { ...debian['trixie']!, time } } },
      );
      expect(await refused()).toContain('is 15 days old, and 14 are allowed. (scan-invalid)');
    });

    it('of a package of the image, it is no scan', async () => {
      await withData(({ go, debian }) => ({ go, debian: { trixie: { ...debian['trixie']!, sources: {} } } }));
      expect(await refused()).toMatch(/there is no data of \d+ source packages: .*\(scan-invalid\)/);
    });

    it('since the workspace says so, reports say that vulnerabilities were not scanned', async () => {
      await changed('scan.json', () => rig().write('scan.json', { database: 'none' }));
      const { exitCode, stdout } = await scan('base');
      expect([exitCode, (await reportOf('base')).data]).toEqual([0, { database: 'none' }]);
      expect(stdout).toContain('passed: no findings, vulnerabilities not scanned');
    });

    it('and without a scan.json, it says how to begin', async () => {
      await changed('scan.json', () => rm(pathOf('scan.json')));
      expect(await refused()).toContain('There is no scan.json in the root of the workspace');
    });
  });

  describe('a publish', () => {
    const elsewhere = () => ({ IMAGE_REGISTRY: `${workspace().proxy.host}/scanned` });
    const publish = (image: string, env: NodeJS.ProcessEnv = {}): Promise<CommandLineEnd> => {
      workspace().proxy.forget();
      return workspace().publish([image], env);
    };

    it('of an image with findings is refused before it sends anything', async () => {
      const { exitCode, stderr } = await publish('base', elsewhere());
      expect(exitCode).toBe(1);
      expect(stderr).toContain('error: base did not pass its scan for linux/amd64. (not-publishable)');
      expect(stderr).toContain(`${HELLO_CVE} fixture-hello 1.0`);
      expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
    });

    it('of an image whose parent has findings is refused as well', async () => {
      const { exitCode, stderr } = await publish('child', elsewhere());
      expect(exitCode).toBe(1);
      expect(stderr).toContain('error: base did not pass its scan for linux/amd64. (not-publishable)');
      expect(workspace().proxy.asked({ method: WRITE })).toEqual([]);
    });

    it('of an image that passes is not, if its parent accepts the finding, and leaves no file of an earlier scan', async () => {
      await changed('images/base/scan.json', () =>
        rig().write('images/base/scan.json', {
          ignore: [{ id: HELLO_CVE, reason: 'not used', owner: 'tests', expires: '9999-12-31' }],
        }),
      );
      await workspace().commit();
      const earlier = 'images/child/dist/scan/linux-amd64/vex.json';
      await rig().write(earlier, {});
      expect((await publish('child', elsewhere())).exitCode).toBe(0);
      expect(existsSync(pathOf(earlier))).toBe(false);
    });

    it('of a digest that is published already is not', async () => {
      await rig().must(['test', 'base']);
      await rig().write('scan.json', { database: 'none' });
      await workspace().commit();
      await workspace().mustPublish(['base']);
      await rig().write('scan.json', {});
      await workspace().commit();
      const { exitCode, stdout } = await publish('base');
      expect(exitCode).toBe(0);
      expect(stdout).toContain('base linux/amd64 fails its scan today, and is already published');
    });

    it('without a scan.json says that nothing was scanned', async () => {
      await rig().must(['test', 'child']);
      await rm(pathOf('scan.json'));
      await workspace().commit();
      onTestFinished(async () => {
        await rig().write('scan.json', {});
        await workspace().commit();
      });
      expect((await publish('child', elsewhere())).stdout).toContain('child is not scanned (no scan.json)');
    });
  });
}
