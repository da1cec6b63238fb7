import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PREDICATES } from '@image-tooling/attest';
import type { LayersFile, ScannerName } from '@image-tooling/model';
import { CANARIES, rawManifest, type Advisory } from '@image-tooling/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Rescanned } from '../../src';
import { SCANNERS, useDatabase, writeScannerImage } from '../scanner-images';
import { whyNoScanner } from '../scanner-programs';
import { unsignedPlan } from './releases-of-child';
import { withoutFixes } from './scan-data';
import { signWith } from './signatures';
import { KEYS, referrersOf } from './signed';
import { DIST, PublishWorkspace, WRITE } from './workspace';

const NEW_ID = 'CVE-2026-7001';
const KNOWN: readonly Advisory[] = CANARIES;
const NEWER: readonly Advisory[] = [
  ...CANARIES,
  { id: NEW_ID, kind: 'deb', name: 'fixture-hello', fixedIn: '1.1', severity: 'critical' },
];

let workspace: PublishWorkspace;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rescan-scanner-'));
  workspace = await PublishWorkspace.open();
  const { rig } = workspace;
  await writeScannerImage(rig, folder);
  await rig.must(['lock', 'scanners']);
  await rig.must(['build', 'scanners']);
  await signWith(workspace, 'signing.key');
});

afterAll(() => Promise.all([workspace.close(), rm(folder, { recursive: true })]));

describe.each(SCANNERS)('a re-scan with %s', (scanner: ScannerName) => {
  const why = whyNoScanner(scanner);
  const test = (title: string, work: () => Promise<void>): void =>
    it(title, async ({ skip }) => {
      if (why !== false) skip(why);
      await work();
    });
  const at = () => ({
    IMAGE_REGISTRY: `${workspace.proxy.host}/${scanner}`,
    IMAGE_SIGNING_KEY: KEYS.privateKey,
  });
  const use = (advisories: readonly Advisory[]) =>
    useDatabase({ rig: workspace.rig, registry: workspace.registry }, scanner, advisories, withoutFixes);
  const rescan = (...args: readonly string[]) =>
    workspace.rig.run(['rescan', 'base', 'child', ...args], workspace.env(at()));
  const json = async (): Promise<Rescanned> => JSON.parse((await rescan('--json')).stdout) as Rescanned;
  const changes = ({ images }: Rescanned) =>
    images.map(({ report: { image }, changes: { newlyFailing, stillFailing, noLongerFailing }, attached }) =>
      [image, newlyFailing.length, stillFailing.length, noLongerFailing.length, attached].join(' '),
    );

  test('reads published SBOMs and no layer, and names the database', async () => {
    const lock = await use(KNOWN);
    await workspace.commit();
    await Promise.all(['base', 'child'].map((image) => workspace.rig.must(['test', image])));
    for (const image of ['base', 'child']) await workspace.mustPublish([image], at());
    workspace.proxy.forget();
    const first = await json();
    expect(first.failures).toEqual([]);
    expect(changes(first)).toEqual(['base 0 0 0 written', 'child 0 0 0 written']);
    const used = { name: scanner, digest: lock.digest, time: lock.time };
    expect(first.images.map(({ report }) => report.data)).toMatchObject([
      { scanner: used },
      { scanner: used },
    ]);
    const { layers } = await workspace.read<LayersFile>(`images/child/${DIST}/layers.json`);
    const asked = layers.flatMap(({ digest }) => workspace.proxy.asked({ path: new RegExp(digest) }));
    expect(asked).toEqual([]);
  });

  test('names what a newer database has, once, with the command that fixes it', async () => {
    const lock = await use(NEWER);
    const { exitCode, stdout } = await rescan();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(new RegExp(`NEW +fixture-hello +1\\.0 +1\\.1 +base:main, child:main +${NEW_ID}`));
    expect(stdout).toContain('npx nx run base:lock --family');
    const again = await json();
    expect(changes(again)).toEqual(['base 0 1 0 unchanged', 'child 0 1 0 unchanged']);
    expect(await attachedResult(again.images[0]!.digest)).toContain(lock.digest.slice('sha256:'.length));
    await use(KNOWN);
    expect(changes(await json())).toEqual(['base 0 0 1 written', 'child 0 0 1 written']);
  });

  test('attaches nothing if the database knows nothing of Debian: that is not "0 found"', async () => {
    await use(KNOWN.filter(({ kind }) => kind !== 'deb'));
    workspace.proxy.forget();
    const { exitCode, stderr } = await rescan();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('has no data of Debian packages');
    expect(stderr).toContain('(scan-invalid)');
    expect(workspace.proxy.asked({ method: WRITE })).toEqual([]);
  });

  /** Returns the texts of all attached results. */
  async function attachedResult(digest: string): Promise<string> {
    const repository = `${workspace.registry.host}/${scanner}/base`;
    const rows = await referrersOf({ ...unsignedPlan(workspace, scanner), repository }, digest);
    const scans = rows.filter(({ annotations }) => Object.values(annotations).includes(PREDICATES.scan));
    const texts = await Promise.all(scans.map((row) => statementOf(`${scanner}/base`, row.digest)));
    return texts.join('\n');
  }
});

async function statementOf(path: string, digest: string): Promise<string> {
  const raw = await rawManifest(workspace.registry, path, digest);
  const { layers } = JSON.parse(String(raw?.bytes)) as { layers: { digest: string }[] };
  const bundle = JSON.parse(
    await readFile(workspace.registry.blobFile(String(layers[0]?.digest)), 'utf8'),
  ) as { dsseEnvelope: { payload: string } };
  return Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
}
