import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PlacedJob, Step } from './read';

/** The machine of a job, with what GitHub sets for it (GitHub, "Variables reference"). */
export interface Machine {
  /** The checked-out repository. */
  readonly folder: string;
  /** RUNNER_TEMP; empty at the start of a job. */
  readonly temporary: string;
  /** Of all jobs of a run: artifacts by name. */
  readonly artifacts: string;
  /** In addition to GitHub's. */
  readonly env: NodeJS.ProcessEnv;
  /** Expressions without `${{ }}`, and their values. */
  readonly values: Readonly<Record<string, string>>;
}

/** What a step printed, by its `run`. */
export type Outputs = ReadonlyMap<string, string>;

/** The `run` of each step that ran, by place. */
export const ran = new Set<string>();

/** Steps that set up a machine: the caller did. */
const SET_UP = ['actions/checkout', 'actions/setup-node'];

/**
 * Runs the steps of a job in order, each in the shell that `shell: bash` stands for. Of actions, only artifacts are
 * carried out. Rejects if a step fails, or if an expression has no value.
 */
export async function runJob({ job, place, workflow }: PlacedJob, machine: Machine): Promise<Outputs> {
  mkdirSync(machine.temporary, { recursive: true });
  const outputs = new Map<string, string>();
  const shared = valuesIn({ ...workflow.env, ...job.env }, machine);
  for (const step of job.steps ?? []) {
    if (step.if !== undefined && !isTrue(step.if, machine)) continue;
    if (step.uses !== undefined) useAction(step, machine);
    if (step.run === undefined || step.run === '.ci/run') continue;
    const env = { ...shared, ...valuesIn(step.env ?? {}, machine) };
    outputs.set(step.run, await runStep(step.run, `${place}: ${step.name ?? step.run}`, machine, env));
    ran.add(`${place}: ${step.run}`);
  }
  return outputs;
}

async function runStep(
  run: string,
  title: string,
  machine: Machine,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const script = join(machine.temporary, 'step.sh');
  writeFileSync(script, run);
  const all = { ...gitHubEnv(machine), ...env, ...machine.env };
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: machine.folder,
    env: all,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  if (code !== 0) throw new Error(`${title} ended with ${code}:\n${out}\n${err}`);
  return out + err;
}

function gitHubEnv({ temporary }: Machine): NodeJS.ProcessEnv {
  const file = (name: string): string => join(temporary, name);
  return {
    PATH: process.env['PATH'],
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: file('output'),
    GITHUB_ENV: file('env'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    RUNNER_TEMP: temporary,
  };
}

function valuesIn(env: Readonly<Record<string, string>>, machine: Machine): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, filled(value, machine)]));
}

function filled(value: unknown, { values, temporary }: Machine): string {
  return String(value).replace(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const found = { ...values, 'runner.temp': temporary }[expression];
    if (found === undefined) throw new Error(`The test gives no value for ${expression}`);
    return found;
  });
}

/** GitHub's `if`: an empty text is false. */
const isTrue = (condition: string, machine: Machine): boolean =>
  !['', 'false'].includes(filled(condition.startsWith('${{') ? condition : `\${{ ${condition} }}`, machine));

function useAction({ uses = '', with: inputs = {} }: Step, machine: Machine): void {
  const name = uses.split('@')[0] ?? '';
  if (name === 'actions/upload-artifact') upload(inputs, machine);
  else if (name === 'actions/download-artifact') download(inputs, machine);
  else if (!SET_UP.includes(name)) throw new Error(`${uses} is not carried out here`);
}

/** A file or the content of a folder; several paths and patterns are for people to look at. */
function upload(inputs: Readonly<Record<string, unknown>>, machine: Machine): void {
  const from = filled(inputs['path'], machine);
  if (from.includes('*') || !existsSync(from)) return;
  const to = join(machine.artifacts, filled(inputs['name'], machine));
  mkdirSync(to, { recursive: true });
  cpSync(from, statSync(from).isFile() ? join(to, basename(from)) : to, { recursive: true });
}

/** With `name`: its content; with `pattern`: a folder for each. */
function download(inputs: Readonly<Record<string, unknown>>, machine: Machine): void {
  const to = resolve(machine.folder, filled(inputs['path'], machine));
  const { name, pattern } = inputs;
  if (typeof name === 'string') {
    cpSync(join(machine.artifacts, name), to, { recursive: true });
    return;
  }
  const start = String(pattern).replace(/\*$/, '');
  for (const one of readdirSync(machine.artifacts).filter((artifact) => artifact.startsWith(start)))
    cpSync(join(machine.artifacts, one), join(to, one), { recursive: true });
}

/** Returns what steps wrote for the job's page. */
export const summaryOf = ({ temporary }: Machine): string => {
  const file = join(temporary, 'summary.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
