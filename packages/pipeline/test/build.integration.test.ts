import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DigestFile, LayersFile } from '@image-tooling/model';
import type { FixtureArchive, WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ABOVE, changedPackages } from './changed-packages';
import { buildAll, lockAll, writeImages } from './fixture-images';
import { fixtureArchive, rigOnSmallDebian, rigWithBase } from './shared-base';
import { sbomOfBuilt, sbomsOf } from './sbom-of-built';
import { pruneAll, shellInBuilt, storeOfBuilt } from './store/on-built';

const DIST = 'dist/linux-amd64';
const LAUNCHER = join(__dirname, '..', '..', 'cli', 'bin', 'image-tooling.cjs');
const exec = promisify(execFile);

let archive: FixtureArchive;
let rig: WorkspaceRig;
const others: WorkspaceRig[] = [];

beforeAll(async () => {
  archive = await fixtureArchive([ABOVE]);
  rig = await rigWithBase({ archives: [archive] });
  await writeImages(rig);
  await lockAll(rig);
  await buildAll(rig);
});

afterAll(async () => {
  await Promise.all([rig, ...others].map((one) => one.remove()));
  await archive.stop();
});

/**
 * Returns a workspace with the same definitions and locks, elsewhere on disk; the store is empty unless one
 * is given.
 */
async function another(storeFrom?: string): Promise<WorkspaceRig> {
  const made = await rigOnSmallDebian({ archives: [archive], ...(storeFrom !== undefined && { storeFrom }) });
  others.push(made);
  await cp(join(rig.folder, 'images'), join(made.folder, 'images'), {
    recursive: true,
    filter: (path) => !path.endsWith('/dist'),
  });
  return made;
}

async function output<T>(of: WorkspaceRig, image: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(of.folder, 'images', image, DIST, name), 'utf8')) as T;
}

const digests = (of: WorkspaceRig) =>
  Promise.all(['base', 'child'].map((image) => output<DigestFile>(of, image, 'digest.json')));

const layersOf = async (of: WorkspaceRig, image: string) =>
  (await output<LayersFile>(of, image, 'layers.json')).layers.map(
    ({ kind, owner, digest }) => `${kind} ${owner} ${digest}`,
  );

const linesOf = (outputs: readonly string[], wanted: RegExp): string[] =>
  outputs.flatMap((output) => output.split('\n')).filter((line) => wanted.test(line));

describe('a built image', () => {
  it('has the layers of its chain in order', async () => {
    const layers = await layersOf(rig, 'child');
    expect(layers.map((layer) => layer.split(' sha256:')[0])).toEqual([
      'bootstrap base',
      'files base',
      'apt child',
    ]);
  });

  it('has what was installed, configured and declared, without leftovers of the machine and omitted files', async () => {
    const folder = join(rig.folder, 'unpacked');
    await rig.must(['load', 'child', `--to=oci:${folder}/oci`, '--compression=none']);
    await exec('umoci', ['unpack', '--rootless', '--image', `${folder}/oci:dev`, `${folder}/bundle`]);
    const root = `${folder}/bundle/rootfs`;
    expect(await readFile(`${root}/var/lib/fixture-hello/state`, 'utf8')).toBe('configured\n');
    expect(await readFile(`${root}/etc/fixture.conf`, 'utf8')).toBe('from the rootfs\n');
    expect(await readFile(`${root}/usr/local/share/toolbox/help.txt`, 'utf8')).toContain(
      'fixture-extra  1.0',
    );
    expect(await readFile(`${root}/usr/share/fixture-extra/readme`, 'utf8')).toBe('extra\n');
    const left = [
      'usr/share/fixture-extra/manuals/one',
      'var/log/fixture-hello.log',
      'etc/hostname',
      'var/cache/ldconfig/aux-cache',
      'step',
      'var/lib/dpkg/lock',
    ];
    expect(left.filter((path) => existsSync(join(root, path)))).toEqual([]);
  });
});

describe('what is written to standard output', () => {
  const LOAD = '"$@" load base --to=oci-archive:';
  const EXPORT = '"$@" store export base --to=';

  it.each([
    [`${LOAD}- | cat`],
    [`${LOAD}/dev/stdout`],
    [`${LOAD}/proc/self/fd/1 > out; cat out`],
    [`exec 3>&1; ${LOAD}>(cat >&3) >/dev/null; wait $!`],
    [`mkfifo fifo; cat fifo & ${LOAD}fifo > /dev/null; wait`],
    [`${EXPORT}- | cat`],
    [`${EXPORT}out > /dev/null; ln -s out link; ${EXPORT}link >/dev/null; test -L link && cat out`],
  ])('is only the archive: %s', async (line) => {
    const { stdout, exitCode } = await rig.bash(`rm -f fifo out link; ${line}`);
    expect(exitCode).toBe(0);
    const list = spawnSync('tar', ['-t'], { input: stdout });
    expect(list.stderr.toString()).toBe('');
    expect(list.stdout.toString()).toContain('oci-layout');
  });

  it('has its messages on standard error, and fails if it is not read', async () => {
    const written = await rig.bash(`${LOAD}- > /dev/null`);
    expect(written.stderr).toContain('Wrote the image to standard output, as oci-archive');
    const cut = await rig.bash(`set -o pipefail; ${LOAD}- | head -c 10`);
    expect(cut.exitCode).toBe(1);
    expect(cut.stderr).toContain('The program that reads standard output stopped reading.');
    const full = await rig.bash(`${LOAD}- > /dev/full`);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain('No space left while writing standard output.');
    expect(full.stderr).not.toMatch(/^ +at /m);
  });
});

describe('a store without layers', () => {
  it('gives the same digests again, built once for two workspaces at once that share it, in another folder, time zone, locale, umask, year and host name', async (context) => {
    const [one, two] = [await another(rig.store), await another()];
    await pruneAll(one);
    for (const { folder } of [one, two])
      await cp(join(rig.folder, 'images/base/dist'), join(folder, 'images/base/dist'), { recursive: true });
    const elsewhere = await otherSurroundings(context);
    const both = await Promise.all([
      elsewhere(one, ['child'], one.store),
      elsewhere(two, ['base', 'child'], one.store),
    ]);
    expect(linesOf(both, /^✓ base: bootstrap layer  built/)).toHaveLength(1);
    expect(linesOf(both, /^base: bootstrap layer: built again, since it is not in the store\./)).toHaveLength(
      1,
    );
    expect(linesOf(both, /^child: .*since it is not in the store/)).toEqual([]);
    for (const workspace of [one, two]) {
      expect(await digests(workspace)).toEqual(await digests(rig));
      expect(await sbomsOf(workspace)).toEqual(await sbomsOf(rig));
    }
  });

  /** Returns what builds images one after the other where all that a build must not depend on differs. */
  async function otherSurroundings(context: TestContext) {
    const clock = existsSync('/usr/bin/faketime') ? ['faketime', '2031-02-03 04:05:06'] : [];
    if (clock.length === 0) await context.annotate('without another clock: faketime is not installed');
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) await context.annotate('under the same host name: only root can change it for one program');
    const [program, ...before] = isRoot ? ['unshare', '--uts', 'sh'] : ['sh'];
    const command = clock.map((word) => `'${word}'`).join(' ');
    return async ({ folder: cwd }: WorkspaceRig, images: readonly string[], store: string) => {
      const script = `umask 077; for image in ${images.join(' ')}; do ${command} "$0" "$1" build $image; done`;
      const named = isRoot ? `hostname elsewhere; ${script}` : script;
      const place = { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' };
      const engine = process.env['IMAGE_ENGINE'] ?? 'buildah';
      const env = { ...process.env, ...place, IMAGE_ENGINE: engine, IMAGE_STORE: store };
      const argv = [...before, '-ec', named, process.execPath, LAUNCHER];
      return (await exec(program, argv, { cwd, env })).stdout;
    };
  }
});

describe('with a warm store', () => {
  it('needs neither engine nor network', async () => {
    const warm = await another(rig.store);
    const env = { IMAGE_STORE: warm.store, IMAGE_ENGINE: 'dagger', PATH: process.env['PATH'] };
    const script = '"$0" "$1" build base && "$0" "$1" build child';
    const ran = await exec(
      'unshare',
      ['--net', '--map-root-user', 'sh', '-ec', script, process.execPath, LAUNCHER],
      { cwd: warm.folder, env },
    );
    expect(ran.stdout).toContain('base: bootstrap layer  from the store');
    expect(ran.stdout).not.toMatch(/ {2}(built|fetched) {2}/);
    expect(await digests(warm)).toEqual(await digests(rig));
  });

  it('builds a parent’s outputs if Nx did not restore them from its cache', async () => {
    const lost = await another(rig.store);
    const out = await lost.must(['load', 'child', '--to=oci:out']);
    expect(out).toContain('base: its outputs are not in dist/, building them');
    const [base] = await digests(rig);
    expect(await output<DigestFile>(lost, 'base', 'digest.json')).toEqual(base);
  });

  it('builds again if something else is in place of the outputs', async () => {
    const spoilt = await another(rig.store);
    const own = (name: string) => `images/${name}/${DIST}`;
    await spoilt.write(`${own('base')}/layers.json`, {
      layersVersion: 1,
      platform: 'linux/amd64',
      layers: {},
    });
    await spoilt.write(`${own('child')}/layers.json`, []);
    await spoilt.write(`${own('child')}/digest.json`, 'null');
    const loaded = await spoilt.must(['load', 'child', '--to=oci:out']);
    expect(loaded).toContain('base: its outputs are not in dist/, building them');
    const explained = await spoilt.run(['explain', 'child']);
    expect(explained.stderr).toContain('"child" is not built for');
    await spoilt.must(['build', 'child']);
    expect(await digests(spoilt)).toEqual(await digests(rig));
  });

  it('refuses a parent whose recorded digest differs from this machine’s', async () => {
    const claimed = await another(rig.store);
    await claimed.must(['build', 'base']);
    const layers = await output<LayersFile>(claimed, 'base', 'layers.json');
    const digest = `sha256:${'0'.repeat(64)}`;
    const [bootstrap, ...rest] = layers.layers;
    await claimed.write(`images/base/${DIST}/layers.json`, {
      ...layers,
      layers: [{ ...bootstrap, digest }, ...rest],
    });
    const end = await claimed.run(['build', 'child']);
    expect(end.exitCode).toBe(1);
    expect(end.stderr).toContain('Built again, the bootstrap layer of base is not what was recorded.');
    expect(end.stderr).toContain('the same paths: the content of a file differs');
  });
});

describe('its SBOM', () => sbomOfBuilt({ rig: () => rig }));

describe('its store', () => storeOfBuilt({ rig: () => rig, another, digests }));

describe('a shell in it', () => shellInBuilt({ rig: () => rig }));

describe('a change', () => {
  it('of a label or description of the parent changes nothing for a child', async () => {
    const changed = await another(rig.store);
    await writeImages(changed, {
      description: 'Another',
      config: { user: '1000:1000', cmd: ['bash'], labels: { team: 'x' } },
    });
    await changed.must(['build', 'base']);
    expect(await output(changed, 'base', 'layers.json')).toEqual(await output(rig, 'base', 'layers.json'));
    expect(await output(changed, 'base', 'digest.json')).not.toEqual(
      await output(rig, 'base', 'digest.json'),
    );
  });

  it('of a file of the parent keeps every system layer', async () => {
    const changed = await another(rig.store);
    await changed.must(['build', 'base']);
    await changed.write('images/base/rootfs/etc/fixture.conf', 'changed\n');
    const out = await buildAll(changed);
    expect(out).toMatch(
      /base: files layer: built again, since files\.etc\/fixture\.conf\.sha256: \w{12}… → \w{12}…/,
    );
    expect(out.match(/.*layer {2}built/g)?.map((line) => line.replace(/ {2}built/, ''))).toEqual([
      '✓ base: files layer',
    ]);
    const system = (layers: string[]) => layers.filter((layer) => !layer.startsWith('files'));
    expect(system(await layersOf(changed, 'child'))).toEqual(system(await layersOf(rig, 'child')));
  });

  changedPackages({ archive: () => archive, another: () => another(rig.store) });
});
