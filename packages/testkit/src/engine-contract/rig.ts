import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine, Step, StepCommand, StepResult, SystemLayer } from '@image-tooling/engines';
import { platformOfNode, type Arch, type Failure, type Result } from '@image-tooling/model';
import type { TarEntry } from '@image-tooling/layer';
import { systemLayer, upperLayer } from './system';
import { SILENT, valueOf } from '../helpers';

export type OpenEngine = (storeRoot: string) => Promise<Result<Engine>>;

export interface ContractOptions {
  /** Why this machine can't run the tests on this engine; it is printed. */
  readonly reasonToSkip?: string;
  /** Why lines of the contract's small system come when a step ends, not while it runs; it is printed. */
  readonly reasonWhyLinesComeLate?: string;
  /** Default: all. */
  readonly parts?: readonly ('commands' | 'changes' | 'limits')[];
}

export interface RunOptions extends Partial<Step> {
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/** An engine with its own store, and short ways to run a step on it. */
export interface Rig {
  readonly engine: Engine;
  readonly storeRoot: string;
  /** A folder for the test's own files. */
  readonly folder: string;
  readonly system: SystemLayer;
  readonly upper: SystemLayer;
  systemOf(arch: Arch): Promise<SystemLayer>;
  /** Runs a step of shell scripts (or of commands) on the small system. */
  run(commands: readonly (string | StepCommand)[], options?: RunOptions): Promise<Result<StepResult>>;
  /** What one script changed, by path. Throws where it fails. */
  changes(script: string, options?: RunOptions): Promise<ReadonlyMap<string, TarEntry>>;
  close(): Promise<void>;
}

export async function openRig(open: OpenEngine): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-contract-'));
  const storeRoot = join(folder, 'store');
  await mkdir(storeRoot);
  const engine = valueOf(await open(storeRoot));
  const platform = platformOfNode(process.arch) ?? 'linux/amd64';
  const system = await systemLayer(platform === 'linux/amd64' ? 'amd64' : 'arm64', folder);
  let count = 0;
  const run: Rig['run'] = (commands, { signal, onLine, ...step } = {}) => {
    const [first, ...rest] = commands.map(commandOf);
    if (first === undefined) throw new Error('A step has at least one command.');
    const whole: Step = { ...DEFAULTS, platform, system: [system], commands: [first, ...rest], ...step };
    return engine.run(whole, { signal: signal ?? new AbortController().signal, progress: SILENT }, onLine);
  };
  return {
    engine,
    storeRoot,
    folder,
    system,
    upper: await upperLayer(folder),
    systemOf: (arch) => systemLayer(arch, folder),
    run,
    async changes(script, options) {
      const changesTo = join(folder, `changes-${(count += 1)}.tar`);
      const result = valueOf(await run([script], { ...options, changesTo }));
      const [command] = result.commands;
      if (command?.exitCode !== 0) throw new Error(`The script failed: ${JSON.stringify(command)}`);
      return new Map((result.changes ?? []).map((entry) => [entry.path, entry]));
    },
    async close() {
      await engine.close();
      await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
  };
}

const DEFAULTS = {
  label: 'contract',
  env: { PATH: '/bin' },
  mounts: [],
  network: 'none',
  onFailure: 'stop',
  timeoutSeconds: 60,
} as const;

function commandOf(command: string | StepCommand): StepCommand {
  return typeof command === 'string' ? { argv: ['sh', '-ec', command] } : command;
}

export function failureOf(result: Result<unknown>): Failure {
  if (result.ok) throw new Error(`It succeeded, a failure was expected: ${JSON.stringify(result.value)}`);
  return result.failures[0];
}
