import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { PublishPlan } from './rig';
import { Surroundings } from './surroundings';

/** A publish in a process of its own. */
export interface Publisher {
  kill(): void;
  readonly ended: Promise<{ readonly exitCode: number | null; readonly output: string }>;
}

/** Starts publishes as processes of their own, from a bundle that is made once. */
export class Publishers {
  private constructor(private readonly folder: string) {}

  static async open(): Promise<Publishers> {
    const folder = await mkdtemp(join(tmpdir(), 'publisher-'));
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
    return new Publishers(folder);
  }

  /** Starts a publish, through `program` if one is given. */
  async start(
    plan: PublishPlan,
    env: NodeJS.ProcessEnv = {},
    program: readonly string[] = [],
  ): Promise<Publisher> {
    const file = join(this.folder, `plan-${Math.random()}.json`);
    await writeFile(file, JSON.stringify(plan));
    const [command, ...args] = [...program, process.execPath, join(this.folder, 'publisher.cjs'), file];
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

  /** Runs a publish to its end, which must succeed; returns the index's digest. */
  async run(plan: PublishPlan, env?: NodeJS.ProcessEnv, program?: readonly string[]): Promise<string> {
    const { exitCode, output } = await (await this.start(plan, env, program)).ended;
    if (exitCode !== 0) throw new Error(output);
    return (JSON.parse(output) as { index: string }).index;
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** What tests of publishers in processes of their own need. */
export interface PublisherRig {
  readonly at: Surroundings;
  readonly publishers: Publishers;
}

/** Opens the rig for all tests of a file. Faults of one test are gone before the next. */
export function usePublishers(): () => PublisherRig {
  let rig: PublisherRig;
  beforeAll(async () => {
    rig = { at: await Surroundings.open(), publishers: await Publishers.open() };
  });
  afterAll(async () => {
    await rig.at.close();
    await rig.publishers.close();
  });
  beforeEach(() => {
    rig.at.proxy.heal();
    rig.at.proxy.forget();
  });
  return () => rig;
}
