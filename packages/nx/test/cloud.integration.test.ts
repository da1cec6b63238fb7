import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IN_ONE_PROCESS, makeWorkspace, nxEnv, nxJson, REPOSITORY, type Workspace } from './workspace';

const STRACE = '/usr/bin/strace';
if (!existsSync(STRACE)) console.warn('cloud: connections are not traced, since strace is not installed');

let workspace: Workspace;
let cloud: Server;
let asked: string[] = [];

beforeAll(async () => {
  workspace = makeWorkspace();
  const { neverConnectToCloud, ...withoutBan } = nxJson({ compression: 'zstd' }) as Record<string, unknown>;
  expect(neverConnectToCloud).toBe(true);
  workspace.write('nx.json', withoutBan);
  await workspace.git('init -q');
  // Nx asks its cloud for a link if the clone is from here.
  await workspace.git('remote add origin https://github.com/example/example.git');
  cloud = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((done) => void cloud.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  await new Promise((done) => cloud.close(done));
  workspace.remove();
});
beforeEach(() => {
  asked = [];
  rmSync(join(workspace.root, '.env'), { force: true });
});

/** Runs a task of real Nx. Returns its output, and the addresses that any of its processes connected to. */
function run(env: Readonly<Record<string, string>> = {}): Promise<{ output: string; connected: string[] }> {
  const trace = join(workspace.root, 'trace.log');
  const nx = [process.execPath, join(REPOSITORY, 'node_modules/nx/dist/bin/nx.js'), 'run', 'base:lock'];
  const argv = existsSync(STRACE) ? [STRACE, '-f', '-qq', '-e', 'trace=connect', '-o', trace, ...nx] : nx;
  const { port } = cloud.address() as AddressInfo;
  const own = nxEnv({ ...IN_ONE_PROCESS, NX_CLOUD_API: `http://127.0.0.1:${port}`, ...env });
  return new Promise((done) => {
    execFile(argv[0] as string, argv.slice(1), { cwd: workspace.root, env: own }, (_error, stdout, stderr) =>
      done({ output: stdout + stderr, connected: addressesIn(trace) }),
    );
  });
}

function addressesIn(trace: string): string[] {
  const text = existsSync(trace) ? readFileSync(trace, 'utf8') : '';
  return text.split('\n').filter((line) => line.includes('AF_INET'));
}

describe('Nx Cloud', () => {
  it('is not contacted by a run in this repository, which has an .env', async () => {
    copyFileSync(join(REPOSITORY, '.env'), join(workspace.root, '.env'));
    const { output, connected } = await run();
    expect(output).toContain('Successfully ran target lock');
    expect(asked).toEqual([]);
    expect(connected).toEqual([]);
  });

  it('is not contacted either with a token that the environment happens to have', async () => {
    copyFileSync(join(REPOSITORY, '.env'), join(workspace.root, '.env'));
    const { connected } = await run({ NX_CLOUD_ACCESS_TOKEN: 'ambient' });
    expect([...asked, ...connected]).toEqual([]);
  });

  it('is asked for a link without the .env: the test above would see it', async () => {
    await run();
    expect(asked.length).toBeGreaterThan(0);
  });

  it('is used with a token and NX_NO_CLOUD=false, without a change of nx.json', async () => {
    copyFileSync(join(REPOSITORY, '.env'), join(workspace.root, '.env'));
    await run({ NX_NO_CLOUD: 'false', NX_CLOUD_ACCESS_TOKEN: 'ours' });
    expect(asked.join('\n')).toContain('/verify');
  });

  it('is banned in this repository by a committed file', () => {
    const tracked = execFileSync('git', ['-C', REPOSITORY, 'ls-files', '.env']).toString();
    expect(tracked).toBe('.env\n');
  });
});
