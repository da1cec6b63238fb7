import { join } from 'node:path';
import { runInForeground } from '@image-tooling/host/process';
import type { ExecutorContext } from '@nx/devkit';

type Options = Readonly<Record<string, string | boolean>>;
type Executor = (options: Options, context: ExecutorContext) => Promise<{ success: boolean }>;

/**
 * For targets written by hand in a project.json. The inferred ones call the command itself, which starts
 * faster (docs/decisions/001-targets-are-commands.md); both run the same.
 */
export const build = executorOf('build');
export const test = executorOf('test');
export const scan = executorOf('scan');
export const lock = executorOf('lock');
export const load = executorOf('load');
export const publish = executorOf('publish');
export const explain = executorOf('explain');
export const shell = executorOf('shell');

/**
 * `build`, `test` and `scan` without a platform, and their `-all`: without options, their dependencies do the work.
 */
export const whole: Executor = (options, context) => {
  const [verb = '', all] = (context.targetName ?? '').split('-');
  if (Object.keys(options).length === 0) return Promise.resolve({ success: true });
  return executorOf(verb)(all ? { ...options, allPlatforms: true } : options, context);
};

function executorOf(command: string): Executor {
  return (options, context) => {
    const flags = Object.entries(options).flatMap(([name, value]) => flag(kebab(name), value));
    return runToEnd([command, context.projectName ?? '', ...flags], context.root);
  };
}

function flag(name: string, value: string | boolean): string[] {
  if (typeof value === 'string') return [`--${name}`, value];
  return value ? [`--${name}`] : [];
}

/** Nx converts options and flags to camel case. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Fails if the command fails. Throws if it is not installed, and Nx shows the error. */
async function runToEnd(args: readonly string[], root: string): Promise<{ success: boolean }> {
  const program = join(root, 'node_modules/.bin/image-tooling');
  const ended = await runInForeground({ argv: [program, ...args], cwd: root });
  if (!ended.ok) throw new Error(ended.failures[0].message);
  return { success: ended.value.exitCode === 0 };
}
