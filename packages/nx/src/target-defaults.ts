import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NxJsonConfiguration, TargetConfiguration } from '@nx/devkit';
import { commandLine } from '@image-tooling/model/shell-word';
import type { ProjectDefinition } from './definition';

type TargetDefaults = NonNullable<NxJsonConfiguration['targetDefaults']>;
type Read = (
  target: string,
  defaults: TargetDefaults,
  executor: string,
  project: object,
) => Partial<TargetConfiguration> | null;

/**
 * Returns the keys of a target that nx.json's `targetDefaults` replace: Nx merges them over what a plugin
 * infers.
 */
export type Replaced = (project: ProjectDefinition, target: string) => readonly string[];

/**
 * Returns a function that looks up what `targetDefaults` replace, with Nx's own function if this Nx has it.
 */
export function replacedBy({ targetDefaults }: NxJsonConfiguration, workspaceRoot: string): Replaced {
  if (!targetDefaults || Object.keys(targetDefaults).length === 0) return () => [];
  const read = readerOfNx(workspaceRoot) ?? exactEntry;
  return (project, target) =>
    Object.entries(read(target, targetDefaults, 'nx:run-commands', asNode(project)) ?? {})
      .filter(([, value]) => !keepsInferred(value))
      .map(([key]) => key);
}

/** The keys of a cached target that decide whether Nx takes it from its cache, and what it restores. */
const DECIDING = ['inputs', 'outputs', 'dependsOn'];

/** The keys that decide what a target runs. */
const RUNNING = ['command', 'executor', 'options'];

/**
 * Returns the target that works although defaults replace keys of it. If they would replace its command, our
 * executor runs it: Nx ignores entries for another executor. If it could be taken from the cache when it is
 * out of date, it fails.
 */
export function withstanding(
  name: string,
  target: TargetConfiguration,
  replaced: readonly string[],
): TargetConfiguration {
  if (replaced.some((key) => RUNNING.includes(key))) return byExecutor(name, target);
  const unsafe = replaced.filter((key) => (target.cache === true ? DECIDING.includes(key) : key === 'cache'));
  if (unsafe.length === 0) return target;
  const words = ['sh', 'node_modules/@image-tooling/nx/bin/refuse-defaults.sh', name, unsafe.join(', ')];
  return { ...target, command: `exec ${commandLine(words)} 3<<''\n{args}\n` };
}

/**
 * `build-amd64`, `test-amd64` and `scan-amd64` name a platform; `build`, `test`, `scan` and their `-all` leave the work to
 * those.
 */
function byExecutor(
  name: string,
  { command: _command, ...target }: TargetConfiguration,
): TargetConfiguration {
  const [verb = '', arch] = name.split('-');
  const isWhole = ['build', 'test', 'scan'].includes(verb) && (arch === undefined || arch === 'all');
  const options = isWhole || arch === undefined ? {} : { options: { platform: `linux/${arch}` } };
  return { ...target, executor: `@image-tooling/nx:${isWhole ? 'whole' : verb}`, ...options };
}

/** A list with `...` in it has the inferred entries there. */
function keepsInferred(value: unknown): boolean {
  return Array.isArray(value) && value.includes('...');
}

function readerOfNx(workspaceRoot: string): Read | undefined {
  try {
    const nx = createRequire(join(workspaceRoot, 'package.json'))('nx/src/devkit-internals') as {
      readTargetDefaultsForTarget?: Read;
    };
    return nx.readTargetDefaultsForTarget;
  } catch {
    return undefined;
  }
}

function exactEntry(target: string, defaults: TargetDefaults): Partial<TargetConfiguration> | null {
  const entries: unknown = defaults[target];
  const list: unknown[] = Array.isArray(entries) ? entries : [entries];
  return list.reduce<Partial<TargetConfiguration>>(
    (merged, entry) => ({ ...merged, ...(entry as object) }),
    {},
  );
}

/** What filters of an entry are compared with. */
function asNode({ name, root, kind }: ProjectDefinition): object {
  return {
    projectName: name,
    projectNode: { data: { root, tags: [`type:${kind}`] } },
    sourcePlugin: '@image-tooling/nx',
  };
}
