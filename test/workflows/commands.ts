import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HELP, helpFor } from '../../packages/cli/src/help';
import { ROOT, stepsOf, type PlacedStep, type Workflow } from './read';

type Program = 'image-tooling' | 'nx';

/** A command in a `run`, in a script of .ci that one calls, or in the documentation. */
export interface Call {
  readonly place: string;
  /** Words after `npx image-tooling` or `npx nx`, with variables replaced. */
  readonly words: readonly string[];
}

/** Returns the calls of a program in all workflows. */
export function callsOf(all: readonly Workflow[], program: Program): Call[] {
  return stepsOf(all).flatMap((placed) =>
    shellOf(placed).flatMap(({ place, text }) => callsIn(text, { place, program })),
  );
}

/** Returns the calls of a program that starts with `npx` in a text of shell, without their comments. */
export function callsIn(text: string, { place, program }: { place: string; program: Program }): Call[] {
  const calls = text.matchAll(new RegExp(`\\bnpx ${program} ([^|;&<>()#\\n]+)`, 'g'));
  return [...calls].map(([, line]) => ({ place, words: line!.replaceAll('"', '').trim().split(/\s+/) }));
}

/** Returns calls of scripts and files of the repository that are missing or may not run. */
export function missingScripts(all: readonly Workflow[]): string[] {
  return stepsOf(all).flatMap(({ place, step }) =>
    scriptsIn(step.run ?? '')
      .filter((path) => !isExecutable(path))
      .map((path) => `${place}: ${path}`),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(join(ROOT, path), path.endsWith('.mjs') ? constants.R_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const scriptsIn = (run: string): string[] =>
  [...run.matchAll(/(?:^|\s)(?:\.\/)?(\.ci\/[\w-]+|scripts\/[\w-]+\.mjs|bootstrap)\b/gm)].map(
    ([, path]) => path!,
  );

/** Returns the text of a step's `run`, once for each entry of the matrix, and of the scripts that it calls. */
function shellOf({ place, job, step }: PlacedStep): { readonly place: string; readonly text: string }[] {
  if (step.run === undefined) return [];
  const scripts = scriptsIn(step.run).filter((path) => path.startsWith('.ci/') && path !== '.ci/run');
  const texts = [
    step.run,
    ...scripts.map((path) => readFileSync(join(ROOT, path), 'utf8').replace(/^#.*$/gm, '')),
  ];
  const entries = job.strategy?.matrix?.include ?? [{}];
  return texts.flatMap((text) =>
    entries.map((entry) => ({ place, text: withVariables(text, entry, job.env) })),
  );
}

/** Replaces variables of the job's env that come from the matrix; others become a word. */
function withVariables(
  text: string,
  entry: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): string {
  return text.replace(/\$\{?([A-Za-z_]\w*)\}?/g, (_, name: string) => {
    const key = /^\$\{\{ matrix\.(\w+) \}\}$/.exec(env[name] ?? '')?.[1];
    return (key === undefined ? undefined : entry[key]) ?? 'value';
  });
}

/** Returns what is wrong with a call of image-tooling, by its help. */
export function mistakesOfCall({ place, words }: Call): string[] {
  const [command = ''] = words;
  if (command === '--help' || command === '--version') return [];
  const group = groupOf(words);
  const help = helpFor(command);
  if (help === undefined) return [`${place}: no command ${command}`];
  const text = group === undefined ? help : blockOf(group);
  if (text === undefined) return [`${place}: no command ${group}`];
  const known = new Set([...text.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag));
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const given = own.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0]!);
  return given
    .filter((flag) => !known.has(flag))
    .map((flag) => `${place}: ${words.join(' ')}: no option ${flag}`);
}

/** Commands with a word of their own, such as `registry prune`. */
function groupOf(words: readonly string[]): string | undefined {
  const [first = '', second = ''] = words;
  return ['registry', 'store', 'cache'].includes(first) ? `${first} ${second}` : undefined;
}

function blockOf(group: string): string | undefined {
  return HELP.split(/\n(?= {2}\S)|\n\n/).find((block) => block.trimStart().startsWith(`${group} `));
}

/** Returns the targets that a call of nx names. */
export function targetsOfCall({ words }: Call): string[] {
  const [command, ...rest] = words;
  const options = { targets: { type: 'string', short: 't' }, withTarget: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: rest, options, strict: false, allowPositionals: true });
  const named = [values.targets, values.withTarget].filter((value) => typeof value === 'string');
  return command === 'affected' || command === 'run-many' ? [...named, ...positionals] : named;
}
