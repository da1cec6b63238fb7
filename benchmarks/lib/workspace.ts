import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from './programs';

/** This repository's root. Benchmarks are started from it. */
const REPOSITORY = process.cwd();
const NX = join(REPOSITORY, 'node_modules', '.bin', 'nx');

/** Copies this repository with its current files and its tools' outputs; npm packages are shared. */
export function copyWorkspace(to: string): void {
  const tracked = runProgram(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const built = runProgram(['find', 'tools', '-path', '*/dist/*', '-type', 'f', '-print0']);
  for (const file of `${tracked}${built}`.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(file, join(to, file));
  }
  for (const folder of ['.', ...readdirSync('packages').map((name) => join('packages', name))]) {
    const packages = join(REPOSITORY, folder, 'node_modules');
    if (existsSync(packages)) symlinkSync(packages, join(to, folder, 'node_modules'));
  }
}

/**
 * The same projects, targets, inputs, outputs and edges, but each command is `true`: what the plugin infers
 * is written to project.json files, and the plugin is removed.
 */
export function copyWithTrue(from: string, to: string): void {
  copyWorkspace(to);
  const graph = JSON.parse(nx(from, ['graph', '--file=stdout'])) as Graph;
  for (const { data } of Object.values(graph.graph.nodes)) {
    const targets = Object.entries(data.targets).map(([name, target]) => [name, withTrue(target)] as const);
    const implicitDependencies = (graph.graph.dependencies[data.name] ?? []).map(({ target }) => target);
    write(join(to, data.root, 'project.json'), {
      name: data.name,
      targets: Object.fromEntries(targets),
      implicitDependencies: implicitDependencies.filter((name) => name in graph.graph.nodes),
    });
  }
  const { plugins: _, ...nxJson } = JSON.parse(runProgram(['cat', join(to, 'nx.json')])) as Json;
  write(join(to, 'nx.json'), nxJson);
}

/** Runs Nx in a workspace. */
export function nx(workspace: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return runProgram([NX, ...args], { cwd: workspace, env: { ...process.env, NO_COLOR: '1', ...env } });
}

/**
 * Returns whether every command of a run came from the cache, by Nx's mark for each task that it did not run.
 */
export function allHits(output: string): boolean {
  const tasks = output.split('\n').filter((line) => /nx run \S+:\S+/.test(line));
  return tasks.length > 0 && tasks.every((line) => line.includes('cache'));
}

type Json = Record<string, unknown>;

interface Graph {
  readonly graph: {
    readonly nodes: Record<
      string,
      {
        readonly data: {
          readonly name: string;
          readonly root: string;
          readonly targets: Record<string, Json>;
        };
      }
    >;
    readonly dependencies: Record<string, readonly { readonly target: string }[]>;
  };
}

function withTrue(target: Json): Json {
  return target['executor'] === 'nx:run-commands' ? { ...target, options: { command: 'true' } } : target;
}

function write(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}
