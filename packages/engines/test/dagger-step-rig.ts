import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Result } from '@image-tooling/model';
import {
  startDaggerServer,
  type DaggerBuild,
  type DaggerOutcome,
  type DaggerServer,
} from '@image-tooling/testkit';
import { SILENT } from '@image-tooling/testkit/helpers';
import { daggerEngine } from '../src/open/dagger';
import type { Step, StepResult, SystemLayer } from '../src';

export interface Asked extends Partial<Step> {
  readonly signal?: AbortSignal;
  readonly origin?: string;
  readonly onLine?: (line: string) => void;
}

export type Files = Readonly<Record<string, string>>;

/** The adapter on a server that answers as an engine does. */
export interface StepRig {
  readonly folder: string;
  readonly server: DaggerServer;
  /** What comes of the next builds. */
  outcome: DaggerOutcome | ((build: DaggerBuild) => DaggerOutcome | Promise<DaggerOutcome>);
  run(asked?: Asked): Promise<Result<StepResult>>;
  tarOf(files: Files): Buffer;
  tarLayer(files: Files): SystemLayer;
  /** Names in a folder of what the adapter keeps in the store. */
  leftIn(name: string): string[];
  close(): Promise<void>;
}

export const HEALTH = { everyMs: 50, answerMs: 200, silenceMs: 600 };

/** What a runner leaves: the interfaces it saw, and for each command its streams and its end. */
export function worked(files: Files = {}, layer?: Buffer): DaggerOutcome {
  const own = { '0/interfaces': 'lo\n', '0/0.out': '', '0/0.err': '', '0/0.end': '0 10.00 10.00 \n' };
  return { kind: 'built', files: { ...own, ...files }, layer };
}

export function listed(tar: string): string[] {
  return execFileSync('tar', ['-tf', tar], { encoding: 'utf8' }).trim().split('\n');
}

export async function openStepRig(): Promise<StepRig> {
  const folder = mkdtempSync(join(tmpdir(), 'dagger-step-'));
  const store = join(folder, 'store');
  const server = await startDaggerServer((build) =>
    typeof rig.outcome === 'function' ? rig.outcome(build) : rig.outcome,
  );
  const tarOf = (files: Files): Buffer => {
    const source = mkdtempSync(join(folder, 'tree-'));
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(source, path)), { recursive: true });
      writeFileSync(join(source, path), content);
    }
    return execFileSync('tar', ['-cf', '-', '-C', source, ...readdirSync(source)]);
  };
  const tarLayer = (files: Files): SystemLayer => {
    const tar = tarOf(files);
    const digest = `sha256:${createHash('sha256').update(tar).digest('hex')}` as const;
    const path = join(folder, `${digest}.tar`);
    writeFileSync(path, tar);
    return { path, digest, diffId: digest, size: tar.length, compression: 'none' };
  };
  const rig: StepRig = {
    folder,
    server,
    outcome: worked(),
    tarOf,
    tarLayer,
    run({
      signal = new AbortController().signal,
      origin = 'tcp://engine.invalid:1234',
      onLine,
      ...step
    } = {}) {
      const { port, token } = server;
      const session = { port, token, origin, engineVersion: 'v0.21.8', close: () => Promise.resolve() };
      const whole: Step = { ...DEFAULTS, system: [tarLayer({ 'etc/passwd': '' })], ...step };
      const engine = daggerEngine(session, { storeRoot: store, health: HEALTH });
      return engine.run(whole, { signal, progress: SILENT }, onLine);
    },
    leftIn: (name) => readdirSync(join(store, 'engine', 'dagger', name)),
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

const DEFAULTS = {
  label: 'base: try it',
  platform: 'linux/amd64',
  commands: [{ argv: ['id'] }],
  env: { PATH: '/bin' },
  mounts: [],
  network: 'none',
  onFailure: 'stop',
  timeoutSeconds: 60,
} as const;
