import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScannerName } from '@image-tooling/model';
import type { ScanReport } from '@image-tooling/scan';
import {
  CANARIES,
  startNpmRegistry,
  startRegistry,
  type Advisory,
  type FixtureArchive,
  type NpmRegistry,
  type RealRegistry,
  type WorkspaceRig,
} from '@image-tooling/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ARGS, BUNDLING, toolAt } from './bundling-tool';
import { lockAll, writeImages } from './fixture-images';
import { withoutFixes } from './publish/scan-data';
import { SCANNERS, useDatabase, writeScannerImage } from './scanner-images';
import { runGrype, runTrivy, scannerProgram, whyNoScanner, type Answer } from './scanner-programs';
import { fixtureArchive, rigWithBase } from './shared-base';

const NPM_ID = 'GHSA-args-args-args';
const ADVISORIES: readonly Advisory[] = [
  ...CANARIES,
  { id: NPM_ID, kind: 'npm', name: 'args', fixedIn: '1.2.8', severity: 'high' },
];
const DIST = 'images/child/dist';
const found = SCANNERS.filter((name) => whyNoScanner(name) === false);

let rig: WorkspaceRig;
let archive: FixtureArchive;
let registry: RealRegistry;
let npm: NpmRegistry;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'npm-scanned-'));
  [archive, registry, npm] = await Promise.all([
    fixtureArchive(),
    startRegistry(),
    startNpmRegistry([toolAt('1.0.0', '1.2.5'), ARGS]),
  ]);
  env = { npm_config_registry: npm.url };
  rig = await rigWithBase({ archives: [archive] });
  await writeImages(rig, {}, { tools: ['bundling'] });
  await rig.write('tools/bundling/tool.json', BUNDLING);
  await writeScannerImage(rig, folder);
  await rig.must(['lock', 'bundling'], env);
  await lockAll(rig);
  await rig.must(['lock', 'scanners']);
  await rig.must(['build', 'bundling', '--platform', 'linux/amd64'], env);
  for (const image of ['base', 'child', 'scanners']) await rig.must(['build', image]);
});

afterAll(async () => {
  await Promise.all([rig.remove(), archive.stop(), registry.stop(), npm.server.stop()]);
  await rm(folder, { recursive: true });
});

/** Scans the image with a scanner and a database that has the vulnerability. */
async function scanned(scanner: ScannerName): Promise<{ exitCode: number; report: ScanReport }> {
  await useDatabase({ rig, registry }, scanner, ADVISORIES, withoutFixes);
  const { exitCode, stderr } = await rig.run(['scan', 'child']);
  const text = await readFile(join(rig.folder, DIST, 'scan/linux-amd64/scan.json'), 'utf8').catch(() => {
    throw new Error(stderr);
  });
  return { exitCode, report: JSON.parse(text) as ScanReport };
}

/** Gives the SBOM of the image to a scanner, as people do who have nothing of ours. */
async function outside(scanner: ScannerName): Promise<Answer> {
  const program = await scannerProgram(scanner, folder);
  const [database = ''] = (await readdir(join(rig.store, 'scanners'))).filter((name) =>
    name.startsWith(scanner),
  );
  const cache = join(rig.store, 'scanners', database);
  const sbom = join(rig.folder, DIST, 'linux-amd64/sbom.cdx.json');
  return scanner === 'trivy'
    ? runTrivy(program, cache, ['sbom', sbom])
    : runGrype(program, cache, [`sbom:${sbom}`]);
}

it('a scanner finds an npm package that a tool bundles; the command of the finding fixes it', async ({
  skip,
}) => {
  if (found.length === 0)
    skip('trivy and grype are not compiled: npx nx run trivy:build, or put one on PATH');
  const commands = new Set<string | undefined>();
  for (const scanner of found) {
    const { exitCode, report } = await scanned(scanner);
    expect(exitCode).toBe(1);
    const failing = report.findings.filter(({ status }) => status === 'failing');
    expect(failing, scanner).toMatchObject([
      { id: NPM_ID, severity: 'high', owner: 'bundling', fixedIn: '1.2.8', component: { version: '1.2.5' } },
    ]);
    commands.add(failing[0]?.command);
    expect((await outside(scanner)).found).toEqual([`${NPM_ID} args 1.2.5`]);
  }
  expect([...commands]).toEqual(['npx nx run bundling:lock --raise args@1.2.8']);

  await rig.must(['lock', 'bundling', '--raise', 'args@1.2.8'], env);
  await rig.must(['build', 'bundling', '--platform', 'linux/amd64'], env);
  await rig.must(['build', 'child']);

  for (const scanner of found) {
    const { exitCode, report } = await scanned(scanner);
    expect([exitCode, report.passed, report.findings]).toEqual([0, true, []]);
    const after = await outside(scanner);
    expect(after.found).toEqual([]);
    // It has read the package, and does not find it.
    if (scanner === 'trivy') expect(after.packages).toContain('args');
  }
});
