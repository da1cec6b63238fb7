import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawManifest } from '@image-tooling/testkit';
import { ageLocks, valueOf } from '@image-tooling/testkit/helpers';
import { runDelivery, type PublishPlan } from './rig';
import { pathOf, Surroundings } from './surroundings';

// The numbers are those of docs/evidence/registry.md, "Faults".
let at: Surroundings;
let folder: string;
beforeAll(async () => {
  at = await Surroundings.open();
  folder = await mkdtemp(join(tmpdir(), 'publisher-'));
  await build({
    entryPoints: [join(__dirname, 'publisher.ts')],
    outfile: join(folder, 'publisher.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    external: ['@mongodb-js/zstd', '@cyclonedx/cyclonedx-library'],
  });
});
afterAll(async () => {
  await at.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

interface Publisher {
  kill(): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/** Returns a publisher in a process of its own, run through `program` if one is given. */
async function publisher(
  plan: PublishPlan,
  env: NodeJS.ProcessEnv = {},
  program: readonly string[] = [],
): Promise<Publisher> {
  const file = join(folder, `plan-${Math.random()}.json`);
  await writeFile(file, JSON.stringify(plan));
  const [command, ...args] = [...program, process.execPath, join(folder, 'publisher.cjs'), file];
  const child = spawn(command, args, {
    env: { ...process.env, NODE_PATH: join(__dirname, '../../../../node_modules'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<{ exitCode: number | null; output: string }>((resolve) =>
    child.on('close', (exitCode) => resolve({ exitCode, output })),
  );
  return { kill: () => void child.kill('SIGKILL'), ended };
}

/** Runs a publisher to its end; gives the index's digest. */
async function publishedBy(plan: PublishPlan, env?: NodeJS.ProcessEnv, program?: readonly string[]) {
  const { exitCode, output } = await (await publisher(plan, env, program)).ended;
  if (exitCode !== 0) throw new Error(output);
  return (JSON.parse(output) as { index: string }).index;
}

function endedEarly({ output }: { readonly output: string }): never {
  throw new Error(`The publisher ended before it could be killed: ${output}`);
}

/** Requests of a publish that change the registry. */
const WRITE = /PUT|POST|PATCH/;
/**
 * Blobs of two platforms that share one (7), each begun and finished; two manifests, the index, four tags.
 */
const WRITES = 7 * 2 + 2 + 1 + 4;

describe('6: a publisher that is killed', () => {
  it('makes as many writes as the tests below stop', async () => {
    await publishedBy(await at.plan());
    expect(at.proxy.asked({ method: WRITE })).toHaveLength(WRITES);
  });

  it.each(Array.from({ length: WRITES }, (_, at) => at + 1))(
    'after write %i leaves no incomplete tag, and the next run succeeds',
    async (nth) => {
      const plan = await at.plan();
      const held = at.proxy.hold({ method: WRITE, nth }, 'answered');
      const running = await publisher(plan);
      await Promise.race([held.arrived, running.ended.then(endedEarly)]);
      running.kill();
      await running.ended;
      await ageLocks(plan.store);
      held.release();
      await at.expectWhole(plan);
      const { result } = await at.expectPublished(plan);
      expect(await at.tags(plan)).toEqual(['1', '1.2', '1.2.3', 'latest']);
      const index = await rawManifest(at.registry, pathOf(plan.repository), '1.2.3');
      expect(index?.digest).toBe(valueOf(result).index.digest);
    },
  );
});

describe('place and time', () => {
  it('24: a clock that is a year off gives the same index', async () => {
    const plan = await at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const ahead = await publishedBy(plan, {}, ['faketime', '-f', '+365d']);
    const behind = await publishedBy({ ...plan, store: await at.store() }, {}, ['faketime', '-f', '-365d']);
    expect(behind).toBe(ahead);
    await at.expectWhole(plan);
  });

  it('25: two machines publish one commit: one index', async () => {
    const plan = await at.plan('1.2.3', { mode: { kind: 'branch', branch: 'x', slug: 'x' } });
    const first = await publishedBy(plan, { TZ: 'Pacific/Auckland', LC_ALL: 'de_DE.UTF-8' });
    at.proxy.forget();
    const elsewhere = { ...plan, store: await at.store() };
    expect(await publishedBy(elsewhere, { TZ: 'America/Los_Angeles' })).toBe(first);
    expect(at.proxy.asked({ method: WRITE })).toEqual([]);
    expect(valueOf((await runDelivery(plan)).result).index.digest).toBe(first);
  });
});
