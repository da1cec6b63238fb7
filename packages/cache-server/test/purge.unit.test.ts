import { EventEmitter } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from '../src';
import { hashOfToken } from '../src/access';
import {
  AUDIENCE,
  newKey,
  PULL_REQUEST,
  PUSH_TO_MAIN,
  REPOSITORY_ID,
  startIssuer,
  token,
  type Issuer,
} from './issuer';
import { startRig, type Rig } from './rig';

let issuer: Issuer;
let rig: Rig;
const keys = new Map<string, string>();

beforeAll(async () => {
  const key = await newKey('key');
  issuer = await startIssuer(key);
  rig = await startRig({
    config: {
      audience: AUDIENCE,
      github: { issuer: issuer.url },
      projects: { tooling: { github: { repositoryId: REPOSITORY_ID } }, other: {} },
    },
  });
  for (const [run, claims] of [
    ['1001', PUSH_TO_MAIN],
    ['1002', PUSH_TO_MAIN],
    ['2002', PULL_REQUEST],
  ] as const)
    keys.set(run, await token({ ...claims, run_id: run }, { key, issuer: issuer.url }));
});
afterAll(() => Promise.all([rig.stop(), issuer.stop()]));

async function run(...args: string[]): Promise<{ code: number; output: string; errors: string }> {
  let [output, errors] = ['', ''];
  const stream = (take: (text: string) => void) =>
    Object.assign(new EventEmitter(), { write: (text: string) => (take(text), true) });
  const host = Object.assign(new EventEmitter(), {
    env: {},
    cwd: () => rig.folder,
    exit: () => undefined,
    stdout: stream((text) => (output += text)),
    stderr: stream((text) => (errors += text)),
  });
  const file = join(rig.folder, 'cache-server.json');
  const code = await main([...args, '--config', file], host as unknown as NodeJS.Process, '1.2.3');
  return { code, output, errors };
}

async function store(run: string, ...hashes: string[]): Promise<void> {
  for (const hash of hashes) expect((await rig.put(hash, 'x', keys.get(run))).status).toBe(200);
}

async function left(...hashes: string[]): Promise<string[]> {
  const found = await Promise.all(
    hashes.map(
      async (hash) => (await rig.get(hash, keys.get(hash.startsWith('2') ? '2002' : '1001'))).status === 200,
    ),
  );
  return hashes.filter((_, at) => found[at]);
}

it('deletes the entries of a run in all namespaces, and says who wrote them', async () => {
  await store('1001', '11', '12');
  await store('1002', '13');
  await store('2002', '21');
  const dry = await run('purge', '--run', '1001', '--dry-run');
  expect(dry.output).toContain(
    '"actor":"alice","run":"1001","repository":"octo/tooling","ref":"refs/heads/main"',
  );
  expect(dry.output).toContain('Would delete 2 entries');
  expect(await left('11', '12', '13', '21')).toEqual(['11', '12', '13', '21']);
  const done = await run('purge', '--run', '1001');
  expect(done.output).toMatch(
    /^Deleted 2 entries, \d+ bytes: github run 1001 by alice octo\/tooling refs\/heads\/main\n$/,
  );
  expect(await left('11', '12', '13', '21')).toEqual(['13', '21']);
  expect((await run('purge', '--run', '1001')).output).toBe('No entry meets all conditions.\n');
  expect((await run('purge', '--run', '2002', '--project', 'other')).output).toContain('No entry');
  expect((await run('purge', '--run', '2002', '--project', 'tooling')).output).toContain('Deleted 1 entries');
});

it('deletes what was stored since a time, and damaged entries of any run', async () => {
  await store('1001', '14', '15', '16');
  const fileOf = (hash: string) => join(rig.folder, 'storage/tooling/trusted', hash, hash);
  utimesSync(fileOf('14'), 0, Date.parse('2026-01-01T00:00:00Z') / 1000);
  writeFileSync(fileOf('16'), readFileSync(fileOf('16')).subarray(0, 40));
  const done = await run('purge', '--since', '2026-01-02T00:00:00Z', '--run', '1001');
  expect(done.output).toContain('Deleted 1 entries, 40 bytes: damaged');
  expect(await left('14', '15', '16')).toEqual(['14']);
  expect(existsSync(fileOf('16'))).toBe(false);
});

it('reports a wrong command line, all mistakes at once', async () => {
  const wrong = await run('purge', '--since', 'yesterday', '--project', 'unknown');
  expect(wrong.code).toBe(1);
  expect(wrong.errors).toContain('--since is "yesterday"');
  expect(wrong.errors).toContain('expected one of tooling, other');
  expect((await run('purge')).errors).toContain('purge needs --run or --since');
  expect(await run('sweep')).toMatchObject({
    code: 2,
    errors: expect.stringContaining('Unknown command "sweep"') as string,
  });
  expect((await run('--runs', '1')).code).toBe(2);
});

it('shows help and version, and checks the configuration', async () => {
  expect((await run('--help')).output).toContain('Usage: cache-server');
  expect((await run('--version')).output).toBe('1.2.3\n');
  expect((await run('--check-config')).output).toContain('has no mistakes');
});

it('makes a static token, of which only the hash is to be kept', async () => {
  const { output } = await run('token', '--name=laptops', '--project=tooling', '--role=read');
  const [, made = ''] = output.split('\n');
  const entry = JSON.parse(output.trimEnd().split('\n').at(-1)!) as object;
  expect(entry).toEqual({ name: 'laptops', sha256: hashOfToken(made), project: 'tooling', role: 'read' });
  expect((await run('token', '--name=x')).code).toBe(1);
  const writes = ['token', '--name=x', '--project=tooling', '--role=write'];
  expect(await run(...writes)).toMatchObject({ code: 1 });
  expect(await run(...writes, '--namespace=trusted')).toMatchObject({ code: 0 });
});
