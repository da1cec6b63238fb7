import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newOwnedName } from '@image-tooling/host';
import { openRig, type Rig } from '@image-tooling/testkit';
import { promiseOf, SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { openEngine } from '../src';
import { placesIn, type Places } from '../src/buildah/places';
import { bundleProgram } from './bundle';

const BUILDAH = { ...process.env, IMAGE_ENGINE: 'buildah' };

let home: string;
let rig: Rig;
let places: Places;
let program: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'home-'));
  rig = await openRig((storeRoot) => openEngine({ env: { ...BUILDAH, HOME: home }, storeRoot }));
  places = placesIn(rig.storeRoot);
  program = join(rig.folder, 'killed.cjs');
  await bundleProgram(join(__dirname, 'killed.ts'), program);
});
afterAll(async () => {
  await rig.close();
  await rm(home, { recursive: true, force: true });
});

const newMark = (): string => `3600.${randomInt(1e9, 9e9)}`;

async function processesWith(mark: string): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')),
  );
  return commands.filter((command) => command.includes(mark)).length;
}

async function containers(): Promise<string[]> {
  const text = await readFile(join(places.storage, 'vfs-containers', 'containers.json'), 'utf8').catch(
    () => '[]',
  );
  return (JSON.parse(text) as { names: string[] }[]).flatMap(({ names }) => names);
}

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(places.steps)).toEqual([]);
  expect(await containers()).toEqual([]);
  expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(rig.storeRoot);
}

async function startStep(mark: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, rig.storeRoot, JSON.stringify(rig.system), mark], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** The name of what a process keeps, as `newOwnedName` makes it. */
function ownedBy({ pid }: ChildProcess): unknown {
  return expect.stringMatching(new RegExp(`^${pid}-`));
}

describe('what a step leaves', () => {
  it('is nothing, however it ended', async () => {
    valueOf(await rig.run(['exit 1']));
    await rig.run(['sleep 60'], { timeoutSeconds: 1 });
    const abort = new AbortController();
    const stopped = await rig.run(['echo started; sleep 60'], {
      signal: abort.signal,
      onLine: () => abort.abort(),
    });
    expect(stopped).toMatchObject({ ok: false, failures: [{ code: 'aborted' }] });
    await expectNothingLeft();
  });

  it("is nothing in the user's home: neither containers nor settings", async () => {
    valueOf(await rig.run(['true']));
    expect(await readdir(home)).toEqual([]);
  });

  it('dies with a process that is killed, and the next to open the engine clears up', async () => {
    const mark = newMark();
    const child = await startStep(mark);
    expect(await processesWith(mark)).toBeGreaterThan(0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await vi.waitFor(async () => expect(await processesWith(mark)).toBe(0), 3000);
    expect(await readdir(places.steps)).toEqual([ownedBy(child)]);
    const next = valueOf(await openEngine({ env: BUILDAH, storeRoot: rig.storeRoot }));
    await next.close();
    await expectNothingLeft();
  });

  it('is not taken from a process that lives', async () => {
    const child = await startStep(newMark());
    const next = valueOf(await openEngine({ env: BUILDAH, storeRoot: rig.storeRoot }));
    await next.close();
    expect(await readdir(places.steps)).toEqual([ownedBy(child)]);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('of unpacking is cleared up too', async () => {
    const [, start, ...rest] = newOwnedName().split('-');
    const orphan = `new-${[2 ** 22 + 1, start, ...rest].join('-')}`;
    const own = `new-${newOwnedName()}`;
    for (const name of [orphan, own]) await mkdir(join(places.layers, name, 'tree'), { recursive: true });
    const next = valueOf(await openEngine({ env: BUILDAH, storeRoot: rig.storeRoot }));
    await next.close();
    const left = await readdir(places.layers);
    expect(left).toContain(own);
    expect(left).not.toContain(orphan);
  });

  it('ends with the engine', async () => {
    const own = valueOf(await openEngine({ env: BUILDAH, storeRoot: rig.storeRoot }));
    const started = promiseOf<string>();
    const running = own.run(
      {
        label: 'closed',
        platform: process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64',
        system: [rig.system],
        commands: [{ argv: ['sh', '-c', 'echo started; sleep 60'] }],
        env: { PATH: '/bin' },
        mounts: [],
        network: 'none',
        onFailure: 'stop',
        timeoutSeconds: 600,
      },
      { signal: new AbortController().signal, progress: SILENT },
      started.resolve,
    );
    await started.promise;
    await own.close();
    await own.close();
    const result = await running;
    expect(result.ok ? 'ok' : result.failures[0].code).toBe('aborted');
    await expectNothingLeft();
  });
});
