/**
 * Scans: of tooling-k8s with one new tool layer, against `trivy image` of the whole; of six images whose layers were
 * never searched, against the union of their layers; and a re-scan of the published images, which reads no layer.
 * Needs strace(1); trivy from the path, with a database in TRIVY_CACHE_DIR, else that part is left out.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { streamEntries } from '@image-tooling/layer';
import type { OriginLayer, Result } from '@image-tooling/model';
import { openStore, withLayerTar } from '@image-tooling/oci';
import { secretsOfLayer } from '@image-tooling/scan';
import { startRegistry } from '../packages/testkit/src/registry/real';
import { blobBytesRead } from './lib/blob-reads';
import { ByteCounter } from './lib/byte-counter';
import { costOf } from './lib/cost';
import { linkStore } from './lib/linked-store';
import { median } from './lib/measure';
import { runProgram } from './lib/programs';
import { machine, table, type Limit } from './lib/report';
import { nx } from './lib/workspace';
import {
  ARCH,
  COMMAND,
  commitWithKey,
  outputsWithSecrets,
  prepareWorkspace,
  publishedCommand,
  readJson,
} from './scan/workspace';

type LayerRow = Pick<OriginLayer, 'owner' | 'kind' | 'digest' | 'diffId' | 'size' | 'compression'>;

const ROUNDS = Number(process.argv[2] ?? 3);
const SHIPPED = ['base', 'tooling-k8s', 'tooling-k8s-aws', 'tooling-k8s-openstack', 'pandoc'];
const IMAGES = [...SHIPPED, 'added'];
const PUBLISHED = ['base', 'tooling-k8s'];
const MIB = 2 ** 20;

const folder = mkdtempSync(join(tmpdir(), 'scan-benchmark-'));
const workspace = join(folder, 'workspace');
const rows: string[][] = [];
const limits: Limit[] = [];
let store: string | undefined;
let published = COMMAND;
try {
  prepareWorkspace(workspace);
  published = publishedCommand(workspace);
  nx(workspace, ['run-many', '-t', `build-${ARCH}`, '-p', IMAGES.join(',')]);
  // The store needs Go's database.
  runProgram(scan('tooling-k8s'), { cwd: workspace });
  store = linkStore();
  sixImages(store);
  for (const tool of toolsBySize()) await oneNewLayer(store, tool);
  await rescanned();
  console.log(`${machine()}\n`);
  console.log(table(['measured', 'ours', 'compared with'], rows));
  console.log(`\n${limits.map(limitLine).join('\n')}`);
  if (limits.some(({ value, atMost }) => value > atMost)) process.exitCode = 1;
} finally {
  nx(workspace, ['daemon', '--stop']);
  for (const made of [folder, ...(store === undefined ? [] : [store])])
    rmSync(made, { recursive: true, force: true });
}

/** Each layer is read once, by whichever image comes first. */
function sixImages(at: string): void {
  rmSync(join(at, 'secrets'), { recursive: true });
  const found = outputsWithSecrets(workspace);
  for (const file of found) renameSync(file, `${file}.aside`);
  const read = IMAGES.map((image) =>
    blobBytesRead(scan(image), { cwd: workspace, env: { ...process.env, IMAGE_STORE: at } }),
  );
  for (const file of found) renameSync(`${file}.aside`, file);
  const union = new Map(IMAGES.flatMap(layersOf).map(({ digest, size }) => [digest, size]));
  compare('six images: bytes of blobs', sum(read), sum([...union.values()]), 1.1);
}

/**
 * A tool has a new version: its layer comes from a cache, whose outputs say what the build found in it, or is built here,
 * and searched once where its files are. Compared are the scan of one image, and the scans of all images that have the
 * tool together with that search.
 */
async function oneNewLayer(at: string, layer: LayerRow): Promise<void> {
  const { owner, diffId, digest } = layer;
  if (!hasTrivy()) {
    console.log('trivy is not measured: it is not on the path, or TRIVY_CACHE_DIR has no db/trivy.db.');
    return;
  }
  const images = SHIPPED.filter((image) => layersOf(image).some((one) => one.digest === digest));
  const env = { ...process.env, IMAGE_STORE: at };
  const cpuOf = async (argv: readonly string[]) => (await costOf(argv, { cwd: workspace, env })).cpu;
  const cpu = { one: [] as number[], all: [] as number[], searches: [] as number[] };
  const ofTrivy = { one: [] as number[], all: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    forget(at, diffId, ['secrets', 'matches']);
    const scans: number[] = [];
    for (const image of images) scans.push(await cpuOf(scan(image)));
    const searched = await searchInPlace(at, layer);
    const others: number[] = [];
    for (const image of images) others.push(await cpuOf(trivy(image)));
    cpu.one.push(scans[0]!);
    cpu.searches.push(searched);
    cpu.all.push(sum(scans) + searched);
    ofTrivy.one.push(others[0]!);
    ofTrivy.all.push(sum(others));
  }
  forget(at, diffId, ['secrets', 'matches']);
  const bytes = blobBytesRead(scan(images[0]!), { cwd: workspace, env });
  const bytesOfTrivy = blobBytesRead(trivy(images[0]!), { cwd: workspace });
  rows.push([`${owner}: CPU seconds of its build for the search`, median(cpu.searches).toFixed(2), '']);
  compare(`${owner} is new, from a cache: CPU seconds`, median(cpu.one), median(ofTrivy.one), 0.1);
  const name = `${owner} is new, built here, ${images.length} images: CPU seconds`;
  compare(name, median(cpu.all), median(ofTrivy.all), 0.1);
  compare(`${owner} is new: bytes of blobs`, bytes, bytesOfTrivy, 0.1);
}

/** Returns the CPU seconds of the search of a build, whose files are on disk. */
async function searchInPlace(at: string, layer: LayerRow): Promise<number> {
  const store = valueOf(await openStore(at));
  const searched = await withLayerTar(layer, store, async ({ entries }) => {
    const before = process.cpuUsage();
    valueOf(await secretsOfLayer(() => streamEntries(entries)));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return valueOf(searched);
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failures[0].message);
  return result.value;
}

/** Removes what scans found out about a layer; its build has read what is in it. */
function forget(at: string, diffId: string, facts: readonly ('secrets' | 'matches')[]): void {
  for (const fact of facts)
    rmSync(join(at, fact, `${diffId.replace('sha256:', '')}.json.gz`), { force: true });
}

function hasTrivy(): boolean {
  const isThere = (process.env['PATH'] ?? '').split(':').some((path) => existsSync(join(path, 'trivy')));
  return isThere && existsSync(join(databaseOfTrivy(), 'trivy.db'));
}

function databaseOfTrivy(): string {
  return join(process.env['TRIVY_CACHE_DIR'] ?? '/nonexistent', 'db');
}

/** Returns a cold run of Trivy. */
function trivy(image: string): [string, ...string[]] {
  const layout = join(folder, 'layouts', image);
  if (!existsSync(layout))
    runProgram([process.execPath, COMMAND, 'load', image, `--to=oci:${layout}`], { cwd: workspace });
  const cache = join(folder, 'trivy');
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache);
  cpSync(databaseOfTrivy(), join(cache, 'db'), { recursive: true });
  return [
    ...(['trivy', 'image', '--quiet', '--input', layout, '--cache-dir', cache] as const),
    ...['--skip-db-update', '--skip-java-db-update', '--skip-version-check', '--offline-scan'],
    ...['--scanners', 'vuln,secret', '--format', 'json', '--output', join(folder, 'trivy.json')],
  ];
}

/** Publishes two images, and re-scans them: all that comes from the registry is counted. */
async function rescanned(): Promise<void> {
  const registry = await startRegistry();
  const counter = await ByteCounter.start(Number(registry.host.split(':')[1]));
  try {
    const env = { ...process.env, IMAGE_REGISTRY: `${counter.host}/team` };
    commitWithKey(workspace);
    nx(workspace, ['run-many', '-t', `test-${ARCH}`, '-p', PUBLISHED.join(',')], env);
    // Not runProgram: it would keep the counter, in this process, from passing anything on.
    for (const image of PUBLISHED)
      await costOf([process.execPath, COMMAND, 'publish', image], { cwd: workspace, env });
    counter.take();
    const { cpu } = await costOf([process.execPath, published, 'rescan', ...PUBLISHED], {
      cwd: workspace,
      env,
    });
    const { received } = counter.take();
    const layers = sum([
      ...new Map(PUBLISHED.flatMap(layersOf).map(({ digest, size }) => [digest, size])).values(),
    ]);
    rows.push(['re-scan: MiB from the registry', mib(received), `${mib(layers)} of layers`]);
    rows.push(['re-scan: CPU seconds', cpu.toFixed(2), '']);
    limits.push({
      name: 're-scan: bytes / smallest tool layer',
      value: received / smallestTool(),
      atMost: 1,
    });
  } finally {
    counter.stop();
    await registry.stop();
  }
}

/** Attachments are smaller than any tool, so a layer that is pulled would show. */
function smallestTool(): number {
  return Math.min(...layersOf('tooling-k8s').flatMap(({ kind, size }) => (kind === 'tool' ? [size] : [])));
}

function scan(image: string): [string, ...string[]] {
  return [process.execPath, published, 'scan', image];
}

/** The tools of tooling-k8s of middle size, and the largest. */
function toolsBySize(): LayerRow[] {
  const tools = layersOf('tooling-k8s')
    .filter(({ kind }) => kind === 'tool')
    .sort((a, b) => a.size - b.size);
  return [tools[Math.floor(tools.length / 2)]!, tools.at(-1)!];
}

function layersOf(image: string): LayerRow[] {
  const { layers } = readJson(workspace, `images/${image}/dist/linux-${ARCH}/layers.json`);
  return layers as LayerRow[];
}

function compare(name: string, ours: number, other: number, atMost: number): void {
  const text = name.includes('bytes') ? mib : (value: number) => value.toFixed(2);
  rows.push([name, text(ours), text(other)]);
  console.error(name, text(ours), text(other));
  limits.push({ name, value: ours / other, atMost });
}

function limitLine({ name, value, atMost }: Limit): string {
  return `${value <= atMost ? 'holds' : 'OVER '}  ${value.toFixed(3)} of at most ${atMost}  ${name}`;
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
