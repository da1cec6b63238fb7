/**
 * What building and publishing this repository's Kubernetes images takes, against `buildah bud` and, where
 * buildkitd and docker-buildx are on the path, `docker buildx bake`: CPU seconds, wall clock and bytes to and
 * from the registry. The base image, the .debs and the programs are at hand. Needs root.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram } from '../packages/host/src/process/find-program';
import { startRegistry } from '../packages/testkit/src/registry/real';
import { ByteCounter } from './lib/byte-counter';
import type { Cost } from './lib/cost';
import { median } from './lib/measure';
import { runProgram } from './lib/programs';
import { machine, table } from './lib/report';
import { bake } from './peers/bake';
import { buildah } from './peers/buildah';
import type { Builder } from './peers/builder';
import { bumpTool, describeLeaf, prepareGraph, type Graph } from './peers/graph';
import { ours } from './peers/ours';

/** What a case took, with the bytes to and from the registry if it publishes. */
interface Measured extends Cost {
  readonly sent?: number;
  readonly received?: number;
}

const rounds = Number(process.argv[2] ?? 1);
/** Names of builders, to measure only these: `ours,bake`. */
const only = process.argv[3]?.split(',');
// In lower case: buildah makes an image's name of its folder.
const folder = join(tmpdir(), `peers-${randomUUID()}`);
mkdirSync(folder);
const results = new Map<string, Map<string, Measured[]>>();
try {
  const graph = prepareGraph(folder);
  const all = [ours(graph, folder), buildah(graph, folder), ...(await bakeIfInstalled(graph))];
  const builders = all.filter(({ name }) => !only || only.includes(name));
  for (let round = 0; round < rounds; round++)
    for (const builder of builders) await measureBuilder(builder, graph, round);
  print(builders.map(({ name }) => name));
} finally {
  runProgram(['rm', '-rf', folder]);
}

async function bakeIfInstalled(graph: Graph): Promise<Builder[]> {
  if ((await hasProgram('buildkitd')) && (await hasProgram('docker-buildx'))) return [bake(graph, folder)];
  console.log('buildkitd and docker-buildx are not both on the path: bake is not measured');
  return [];
}

/** All cases, from a cold build to a changed tool, in this order. */
async function measureBuilder(builder: Builder, graph: Graph, round: number): Promise<void> {
  const { name } = builder;
  const registry = await startRegistry();
  const counter = await ByteCounter.start(Number(registry.host.split(':')[1]));
  const measure = async (row: string, run: () => Promise<Measured>): Promise<void> => {
    const measured = await run();
    console.error(`${name}, ${row}: ${cell(measured)}`);
    noteResult(row, name, measured);
  };
  const publish = async (row: string): Promise<void> => {
    await builder.beforePublish?.();
    counter.take();
    await measure(`${row}: publish`, async () => ({
      ...(await builder.publish(counter.host)),
      ...counter.take(),
    }));
  };
  const [first, second] = ['first', 'second'].map((word) => `${name} ${round} ${word}`) as [string, string];
  try {
    describeLeaf(graph, first);
    await builder.reset();
    await measure('cold: build', () => builder.build(first));
    if (builder.test) await measure('cold: test of tooling-k8s', builder.test);
    await publish('cold');
    await measure('no change: build', () => builder.build(first));
    await publish('no change');
    describeLeaf(graph, second);
    await measure('description of a leaf: build', () => builder.build(second));
    await publish('description of a leaf');
    bumpTool(graph);
    await measure('last tool: build', () => builder.build(second));
    await publish('last tool');
  } finally {
    await builder.stop?.();
    counter.stop();
    await registry.stop();
  }
}

function noteResult(row: string, name: string, measured: Measured): void {
  const ofRow = results.get(row) ?? new Map<string, Measured[]>();
  results.set(row, ofRow.set(name, [...(ofRow.get(name) ?? []), measured]));
}

function print(names: readonly string[]): void {
  console.log(machine());
  console.log('CPU seconds (wall clock), MB to / from the registry; medians\n');
  const rows = [...results].map(([row, ofRow]) => [
    row,
    ...names.map((name) => cell(medians(ofRow.get(name)))),
  ]);
  console.log(table(['', ...names], rows));
}

function medians(all: readonly Measured[] = []): Measured | undefined {
  const of = (key: keyof Measured): number => median(all.map((one) => one[key] ?? NaN));
  return all.length === 0
    ? undefined
    : { wall: of('wall'), cpu: of('cpu'), sent: of('sent'), received: of('received') };
}

function cell(measured: Measured | undefined): string {
  if (!measured) return '–';
  const { cpu, wall, sent, received } = measured;
  const bytes =
    sent === undefined || Number.isNaN(sent) ? '' : `, ${megabytes(sent)} / ${megabytes(received!)} MB`;
  return `${cpu.toFixed(1)} s (${wall.toFixed(1)} s)${bytes}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
