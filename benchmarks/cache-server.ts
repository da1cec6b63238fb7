/**
 * 500 GETs of 2 KB from 32 clients: `cache-server` from its package, and another Nx cache server, whose single file is
 * given as argument (jlapenna/nx-cache-server, apps/nx-cache-server/server.js), in turns. Both keep entries in a folder.
 */
import { createHash, randomBytes } from 'node:crypto';

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { readEntries, storeEntry } from './lib/cache-load';
import { runProgram } from './lib/programs';
import { ratio, report, type Limit } from './lib/report';

const REQUESTS = 500;
const CLIENTS = 32;
const BYTES = 2048;
const MOST_P99_MS = 20;
const MOST_MEMORY_MB = 120;
const TOKEN = randomBytes(16).toString('hex');

interface Server {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
}

const rounds = Number(process.argv[2] ?? 9);
const peer = process.argv[3];
const folder = mkdtempSync(join(tmpdir(), 'cache-server-benchmark-'));
const servers: Server[] = [];
try {
  servers.push(await ours());
  if (peer !== undefined && existsSync(peer)) servers.push(await other(resolve(peer)));
  else console.log('no file of another server given: it is not measured');
  await measure();
} finally {
  for (const { process: one } of servers) one.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const hashes = Array.from({ length: REQUESTS }, (_, at) => String(10_000_000_000 + at));
  const timings = new Map<string, number[]>();
  const p99s = new Map<string, number[]>();
  for (const { port } of servers)
    for (const hash of hashes) await storeEntry(port, TOKEN, hash, randomBytes(BYTES));
  for (let round = 0; round < rounds; round++)
    for (const { name, port } of round % 2 === 0 ? servers : [...servers].reverse()) {
      const start = performance.now();
      const times = await readEntries({ port, token: TOKEN, hashes, clients: CLIENTS });
      add(timings, name, (performance.now() - start) / 1000);
      add(p99s, name, times.sort((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1]!);
    }
  for (const [name, values] of p99s)
    console.log(
      `${name}: p99 ${values.map((ms) => ms.toFixed(1)).join(' ')} ms, ${memoryMb(name).toFixed(0)} MB`,
    );
  report(timings, limits(timings, p99s));
}

/** The first round warms both up, and is not in the p99. */
function limits(timings: Map<string, number[]>, p99s: Map<string, number[]>): Limit[] {
  const warm = p99s
    .get('ours')!
    .slice(1)
    .sort((a, b) => a - b);
  return [
    { name: 'p99', value: warm[Math.floor(warm.length / 2)]!, atMost: MOST_P99_MS, unit: ' ms' },
    { name: 'memory', value: memoryMb('ours'), atMost: MOST_MEMORY_MB, unit: ' MB' },
    ...(timings.has('other')
      ? [{ name: 'ours / other', value: ratio(timings, 'ours', 'other'), atMost: 1 }]
      : []),
  ];
}

function add(values: Map<string, number[]>, name: string, value: number): void {
  values.set(name, [...(values.get(name) ?? []), value]);
}

/** The peak (proc_pid_status(5), VmHWM). */
function memoryMb(name: string): number {
  const { pid } = servers.find((server) => server.name === name)!.process;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function ours(): Promise<Server> {
  runProgram([process.execPath, 'scripts/pack.mjs', '--to', folder]);
  runProgram(['tar', '-xzf', join(folder, 'image-tooling-cache-server-0.0.0.tgz'), '-C', folder]);
  const port = await freePort();
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  const tokens = [{ name: 'benchmark', sha256, project: 'tooling', role: 'write', namespace: 'trusted' }];
  const storage = pathToFileURL(join(folder, 'ours')).href;
  const config = { listen: `127.0.0.1:${port}`, storage, tokens: 'tokens.json', projects: { tooling: {} } };
  writeFileSync(join(folder, 'tokens.json'), JSON.stringify({ tokens }));
  writeFileSync(join(folder, 'cache-server.json'), JSON.stringify(config));
  const bin = join(folder, 'package', 'bin', 'cache-server.cjs');
  return started('ours', port, [bin, '--config', join(folder, 'cache-server.json')], {});
}

async function other(file: string): Promise<Server> {
  const port = await freePort();
  const env = { PORT: String(port), CACHE_DIR: join(folder, 'other'), NX_CACHE_ACCESS_TOKEN: TOKEN };
  return started('other', port, [file], env);
}

async function started(
  name: string,
  port: number,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Server> {
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: [...stdio] });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/v1/cache/1`, { headers }).then(
      () => true,
      () => false,
    );
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await sleep(50);
  }
  return { name, port, process: child };
}

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}
