import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestReport } from '@image-tooling/model';
import {
  leftoversOf,
  steady,
  type CommandLineEnd,
  type FixtureArchive,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOTHING } from './chain';
import { plantBootstrap } from './planted';
import { fixtureArchive } from './shared-base';
import { testedImages } from './tested-images';

const LAUNCHER = join(__dirname, '..', '..', 'cli', 'bin', 'image-tooling.cjs');

let archive: FixtureArchive;
let rig: WorkspaceRig;
let good: CommandLineEnd;

beforeAll(async () => {
  archive = await fixtureArchive();
  rig = await testedImages(archive);
  good = await rig.run(['test', 'good']);
});
afterAll(async () => {
  await rig.remove();
  await archive.stop();
});

const reportOf = (image: string, name = 'report.json') =>
  join(rig.folder, `images/${image}/dist/report/linux-amd64`, name);

/** Runs the command line on a machine in which no emulator is registered. */
function withoutEmulators(args: readonly string[]): Promise<{ exitCode: number; stderr: string }> {
  const script = 'mount -t tmpfs none /proc/sys/fs/binfmt_misc && exec "$@"';
  const argv = ['--mount', '--map-root-user', 'sh', '-c', script, 'sh', process.execPath, LAUNCHER, ...args];
  const options = {
    cwd: rig.folder,
    env: { ...process.env, IMAGE_STORE: rig.store, IMAGE_ENGINE: 'buildah' },
  };
  return new Promise((done) => {
    execFile('unshare', argv, options, (error, _, stderr) =>
      done({ exitCode: typeof error?.code === 'number' ? error.code : 0, stderr }),
    );
  });
}

/** Masks times in the output. */
const seen = (text: string) =>
  steady(text, rig)
    .replace(/ +<time>/g, ' <time>')
    .replace(/\((buildah|dagger)\)/g, '(<engine>)')
    .replace(/process group \(-?\d+\)/g, 'process group (<id>)')
    .replace(/\d+(\.\d+)? MB/g, '<size>');

describe('an image that passes', () => {
  it('shows each check with its user and time', () => {
    expect(good.stderr).toBe('');
    expect(good.exitCode).toBe(0);
    const table = good.stdout.slice(good.stdout.indexOf('group'));
    expect(seen(table)).toMatchSnapshot();
  });

  it('has a JSON report', async () => {
    const report = JSON.parse(await readFile(reportOf('good'), 'utf8')) as TestReport;
    const digests = await readFile(join(rig.folder, 'images/good/dist/linux-amd64/digest.json'), 'utf8');
    expect(JSON.parse(digests)).toMatchObject({ manifest: report.manifest });
    expect(report).toMatchObject({ reportVersion: 1, image: 'good', platform: 'linux/amd64', passed: true });
    expect(report.isolated).toBe(true);
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.checks.filter(({ group }) => group === 'tool greet').map(({ as }) => as)).toEqual([
      'image',
      'arbitrary',
      undefined,
    ]);
  });

  it('has a report as JUnit XML, in which nothing failed and nothing was skipped', async () => {
    const xml = await readFile(reportOf('good', 'junit.xml'), 'utf8');
    expect(xml).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="good linux\/amd64" tests="2\d" failures="0"/,
    );
    expect(xml).toContain('<testsuite name="good linux/amd64: tool greet" tests="3" failures="0"');
    expect(xml).not.toContain('<failure');
  });

  it('leaves nothing else', async () => {
    expect(await leftoversOf(rig.store)).toEqual(NOTHING);
  });
});

describe('an image that is broken', () => {
  it('fails with each of its problems', async () => {
    const { exitCode, stderr, stdout } = await rig.run(['test', 'bad']);
    expect(exitCode).toBe(1);
    expect(seen(stderr)).toMatchSnapshot();
    expect(stdout).toMatch(/^report: images\/bad\/dist\/report\/linux-amd64$/m);
    expect(JSON.parse(await readFile(reportOf('bad'), 'utf8'))).toMatchObject({ passed: false });
    expect(await readFile(reportOf('bad', 'junit.xml'), 'utf8')).toContain('<failure');
  });

  it('fails if it runs as root', async () => {
    const { exitCode, stderr } = await rig.run(['test', 'rootful']);
    expect(exitCode).toBe(1);
    expect(seen(stderr)).toMatchSnapshot();
  });
});

describe('nothing is reported as passed', () => {
  /** Writes a report as of an earlier run. */
  const pretend = (image: string) => writeFile(reportOf(image), '{ "passed": true }');

  it('when the run is stopped', async () => {
    await rig.write('images/slow/dist/report/linux-amd64/report.json', { passed: true });
    const started = rig.start(['test', 'slow'], { IMAGE_VERBOSE: '1' });
    await started.until(/falling asleep/);
    started.child.kill('SIGINT');
    const { exitCode, stderr } = await started.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toBe('Stopped. Finished steps are kept: run the same command to continue.\n');
    expect(existsSync(reportOf('slow'))).toBe(false);
    expect(await leftoversOf(rig.store)).toEqual(NOTHING);
  });

  it('when there is no engine', async () => {
    await pretend('good');
    const noEngine = { IMAGE_ENGINE: 'dagger', _EXPERIMENTAL_DAGGER_RUNNER_HOST: 'tcp://127.0.0.1:1' };
    const { exitCode, stderr } = await rig.run(['test', 'good'], noEngine);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('(no-engine)');
    expect(existsSync(reportOf('good'))).toBe(false);
  });

  it('when the image differs from its build', async () => {
    const file = 'images/rootful/dist/linux-amd64/digest.json';
    const text = await readFile(join(rig.folder, file), 'utf8');
    await pretend('rootful');
    await rig.write(file, text.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
    const { exitCode, stderr } = await rig.run(['test', 'rootful']);
    await rig.write(file, text);
    expect(exitCode).toBe(1);
    expect(seen(stderr)).toMatchInlineSnapshot(`
      "error: "rootful" was rebuilt, and differs from the recorded digest. (not-reproducible)
        recorded sha256:<sha256>
        now      sha256:<sha256>
        help: Run "npx nx run rootful:build --skip-nx-cache", then test again.
      "
    `);
    expect(existsSync(reportOf('rootful'))).toBe(false);
  });

  it('when a definition is wrong', async () => {
    const file = join(rig.folder, 'images/rootful/image.json');
    const text = await readFile(file, 'utf8');
    await rig.write('images/rootful/dist/report/linux-amd64/report.json', { passed: true });
    await writeFile(file, text.replace('"description"', '"checks": [{ "rum": ["true"] }], "description"'));
    const { exitCode, stderr } = await rig.run(['test', 'rootful']);
    await writeFile(file, text);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('did you mean "run"?');
    expect(existsSync(reportOf('rootful'))).toBe(false);
  });

  it('if the programs of its platform can’t run', async () => {
    const foreign = { description: 'Foreign', from: { debian: 'trixie' }, platforms: ['linux/arm64'] };
    await rig.write('images/foreign/image.json', foreign);
    await rig.must(['lock', 'foreign']);
    await plantBootstrap(rig, 'foreign', 'linux/arm64');
    const { exitCode, stderr } = await withoutEmulators(['test', 'foreign', '--platform=linux/arm64']);
    expect(exitCode).toBe(1);
    expect(seen(stderr)).toMatchInlineSnapshot(`
      "error: This machine can't run programs of linux/arm64: no emulator is registered for them. (platform)
        looked in /proc/sys/fs/binfmt_misc for an enabled entry with the flag F
        help: Run ./bootstrap --all-platforms, which installs and registers one.
      "
    `);
    expect(existsSync(join(rig.folder, 'images/foreign/dist/report'))).toBe(false);
  });

  it('for a tool, which is tested in the images that have it', async () => {
    const { exitCode, stderr } = await rig.run(['test', 'greet']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"greet" is a tool; its checks run in the images that have it.');
  });
});
