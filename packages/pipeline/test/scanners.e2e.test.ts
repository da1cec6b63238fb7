import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScannerName } from '@image-tooling/model';
import { OsvDatabase, type ScannerLock, type ScanReport } from '@image-tooling/scan';
import {
  CANARIES,
  startRegistry,
  type Advisory,
  type FixtureArchive,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keepDatabase } from '../src/vulnerability-data/kept-database';
import { lockAll, writeImages } from './fixture-images';
import { plantTool } from './planted';
import { CALLED, compiledProgram, ENTRIES, MODULE, PLATFORM } from './reachable-program';
import { runGrype, runTrivy, scannerProgram, whyNoScanner, type Answer } from './scanner-programs';
import { SCANNERS, useDatabase, writeScannerImage } from './scanner-images';
import { fixtureArchive, rigWithBase } from './shared-base';

const SUM = `h1:${'A'.repeat(43)}=`;
const DEB_ID = 'CVE-2026-7000';
const NPM_ID = 'GHSA-aaaa-bbbb-cccc';

/** 20 vulnerabilities of a Go program, five of them in functions that it has; one of a Debian package, one of npm. */
const ADVISORIES: readonly Advisory[] = [
  ...CANARIES,
  ...ENTRIES.map(({ id }) => ({ id, kind: 'go', name: MODULE, fixedIn: '1.1.0', severity: 'high' }) as const),
  { id: DEB_ID, kind: 'deb', name: 'fixture-hello', fixedIn: '1.1', severity: 'critical' },
  { id: NPM_ID, kind: 'npm', name: 'left-pad', fixedIn: '1.3.1', severity: 'low' },
];

const REACHABLE = CALLED.map((n) => `GO-2026-${2000 + n}`);

let rig: WorkspaceRig;
let archive: FixtureArchive;
let registry: RealRegistry;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scanners-'));
  archive = await fixtureArchive();
  registry = await startRegistry();
  rig = await rigWithBase({ archives: [archive] });
  await writeImages(rig, {}, { tools: ['say', 'pad'] });
  const common = { version: '1.0.0', checks: [] };
  await plantTool(rig, { ...common, name: 'say', script: await compiledProgram(folder) }, PLATFORM);
  await plantTool(rig, { ...common, name: 'pad', script: 'true\n', npm: { 'left-pad': '1.3.0' } }, PLATFORM);
  await writeScannerImage(rig, folder);
  await lockAll(rig);
  await rig.must(['lock', 'scanners']);
  for (const image of ['base', 'child', 'scanners']) await rig.must(['build', image]);
});

afterAll(async () => {
  await Promise.all([rig.remove(), archive.stop(), registry.stop(), rm(folder, { recursive: true })]);
});

const distOf = (path: string) => join(rig.folder, 'images/child/dist', path);
const sbom = () => distOf('linux-amd64/sbom.cdx.json');
const vex = () => distOf('scan/linux-amd64/vex.json');

/** As `useDatabase` does, with functions of the Go program that vulnerabilities are in. */
async function useAdvisories(scanner: ScannerName, advisories = ADVISORIES): Promise<ScannerLock> {
  const lock = await useDatabase({ rig, registry }, scanner, advisories);
  valueOf(await keepDatabase(rig.store, SUM, OsvDatabase.of(ENTRIES)));
  return lock;
}

async function scanned(): Promise<{ exitCode: number; report: ScanReport; output: string }> {
  const { exitCode, stdout, stderr } = await rig.run(['scan', 'child', '--platform', PLATFORM]);
  const text = await readFile(distOf('scan/linux-amd64/scan.json'), 'utf8').catch(() => {
    throw new Error(stderr);
  });
  return { exitCode, report: JSON.parse(text) as ScanReport, output: stdout + stderr };
}

/** Runs a scanner on this machine with the same database. */
async function outside(
  scanner: ScannerName,
  args: Readonly<Record<ScannerName, readonly string[]>>,
): Promise<Answer> {
  const program = await scannerProgram(scanner, folder);
  const [database = ''] = (await readdir(join(rig.store, 'scanners'))).filter((name) =>
    name.startsWith(scanner),
  );
  const cache = join(rig.store, 'scanners', database);
  return scanner === 'trivy' ? runTrivy(program, cache, args.trivy) : runGrype(program, cache, args.grype);
}

const ofSbom = () => ({ trivy: ['sbom', sbom()], grype: [`sbom:${sbom()}`] });

describe.each(SCANNERS)('%s', (scanner) => {
  const why = whyNoScanner(scanner);
  const test = (title: string, work: () => Promise<void>): void =>
    it(title, async ({ skip }) => {
      if (why !== false) skip(why);
      await work();
    });

  test('finds in an image by its SBOM: five of 20 in a Go program, a Debian package, and npm', async () => {
    const lock = await useAdvisories(scanner);
    const { exitCode, report, output } = await scanned();
    expect(exitCode, output).toBe(1);
    const ids = (status: string) =>
      report.findings.filter((one) => one.status === status).map(({ id }) => id);
    expect(ids('failing')).toEqual(REACHABLE);
    expect(ids('not-affected')).toHaveLength(15);
    expect(ids('inherited')).toContain(DEB_ID);
    expect(report.findings.find(({ id }) => id === NPM_ID)).toMatchObject({ owner: 'pad', fixedIn: '1.3.1' });
    expect(report.data).toMatchObject({ scanner: { name: scanner, digest: lock.digest, time: lock.time } });
    expect(report.notCovered).not.toContain('packages of npm');
  });

  test('finds the same in our SBOM as in the image itself', async () => {
    const image = join(folder, `${scanner}-child`);
    await rig.must(['load', 'child', `--to=oci:${image}`]);
    const bySbom = await outside(scanner, ofSbom());
    const byImage = await outside(scanner, {
      trivy: ['image', '--input', image],
      grype: [`oci-dir:${image}`],
    });
    expect(bySbom.found).toEqual(byImage.found);
    expect(bySbom.found.filter((line) => line.startsWith('GO-2026'))).toHaveLength(20);
    expect(bySbom.found.filter((line) => line.startsWith(DEB_ID))).toHaveLength(1);
    expect(bySbom.found.filter((line) => line.startsWith(NPM_ID))).toHaveLength(1);
    if (scanner === 'trivy') expect(bySbom.packages).toEqual(expect.arrayContaining([...byImage.packages]));
  });

  test('suppresses just what our VEX says is not affected', async () => {
    const statements = JSON.parse(await readFile(vex(), 'utf8')) as {
      statements: { vulnerability: { name: string } }[];
    };
    const stated = statements.statements.map(({ vulnerability }) => vulnerability.name).sort();
    const all = await outside(scanner, ofSbom());
    const left = await outside(scanner, {
      trivy: ['sbom', '--vex', vex(), sbom()],
      grype: ['--vex', vex(), `sbom:${sbom()}`],
    });
    const suppressed = all.found
      .filter((line) => !left.found.includes(line))
      .map((line) => line.split(' ')[0]);
    expect(suppressed).toEqual(stated);
    expect(suppressed).toHaveLength(15);
    expect(left.found.filter((line) => line.startsWith('GO-2026')).map((line) => line.split(' ')[0])).toEqual(
      REACHABLE,
    );
  });

  test('refuses to say that nothing was found, with a database that knows nothing of Debian', async () => {
    await useAdvisories(
      scanner,
      ADVISORIES.filter(({ kind }) => kind !== 'deb'),
    );
    const { exitCode, stderr } = await rig.run(['scan', 'child', '--platform', PLATFORM]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('has no data of Debian packages');
    expect(stderr).toContain('(scan-invalid)');
  });
});
