import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const ROOT = resolve(__dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');

/** The keys of GitHub's "Workflow syntax" that the tests look at. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly 'continue-on-error'?: boolean;
}

export interface Job {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly 'runs-on'?: string;
  readonly uses?: string;
  readonly environment?: string | object;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly strategy?: {
    readonly matrix?: { readonly include?: readonly Readonly<Record<string, string>>[] };
  };
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

export interface Workflow {
  /** Of the file, in .github/workflows. */
  readonly file: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Returns all workflows of the repository. */
export function workflows(): Workflow[] {
  const files = readdirSync(FOLDER).filter((file) => /\.ya?ml$/.test(file));
  return files.map((file) => workflowOf(file, readFileSync(join(FOLDER, file), 'utf8')));
}

/** Parses the text of a workflow. */
export function workflowOf(file: string, text: string): Workflow {
  return { ...(parse(text) as Omit<Workflow, 'file' | 'text'>), file, text };
}

/** A job with its place, for messages. */
export interface PlacedJob {
  readonly workflow: Workflow;
  /** "main.yml converge" */
  readonly place: string;
  readonly job: Job;
}

export function jobsOf(all: readonly Workflow[]): PlacedJob[] {
  return all.flatMap((workflow) =>
    Object.entries(workflow.jobs).map(([id, job]) => ({ workflow, place: `${workflow.file} ${id}`, job })),
  );
}

export interface PlacedStep extends PlacedJob {
  readonly step: Step;
}

export function stepsOf(all: readonly Workflow[]): PlacedStep[] {
  return jobsOf(all).flatMap((placed) => (placed.job.steps ?? []).map((step) => ({ ...placed, step })));
}
