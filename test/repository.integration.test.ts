import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const exec = promisify(execFile);
const ROOT = resolve(__dirname, '..');

/** Runs Nx without its daemon in this repository. */
function runNx(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return exec('node_modules/.bin/nx', args, {
    cwd: ROOT,
    env: { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: undefined, ...env },
  });
}

/** Runs Nx in this repository, and returns the JSON that it prints. */
async function nx(...args: readonly string[]): Promise<unknown> {
  const { stdout } = await runNx(args);
  return JSON.parse(stdout);
}

interface Shown {
  readonly targets: Readonly<Record<string, { readonly options: { readonly command: string } }>>;
}

it('the targets of this repository’s images are the plugin’s, whatever targetDefaults the programs have', async () => {
  const { targets } = (await nx('show', 'project', 'base', '--json')) as Shown;
  for (const [name, { options }] of Object.entries(targets))
    expect(`${name}: ${options.command}`).toMatch(/: exec (image-tooling|sh \S+unless-done\.sh) \w+ base\b/);
});

interface TaskGraph {
  readonly tasks: { readonly tasks: Readonly<Record<string, unknown>> };
}

/** Returns the builds that Nx runs after a change of some files. */
async function buildsAfterChangeOf(...files: readonly string[]): Promise<string[]> {
  for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
  const printed = await nx('affected', '-t', 'build', `--files=${files.join(',')}`, '--graph=stdout');
  return Object.keys((printed as TaskGraph).tasks.tasks);
}

it('a change of the Dockerfile importer, a generator or the plugin builds no image', async () => {
  const files = [
    'packages/dockerfile/src/index.ts',
    'packages/dockerfile/package.json',
    'packages/nx/src/generators/tool/generator.ts',
    'packages/nx/src/nodes.ts',
  ];
  expect(await buildsAfterChangeOf(...files)).toEqual([]);
  expect(await buildsAfterChangeOf('packages/model/src/index.ts')).toContain('base:build');
});

it('Nx without its daemon loads plugins in its own process', async () => {
  const { stderr } = await runNx(['show', 'projects'], { NX_PERF_LOGGING: 'true' });
  expect(stderr).toContain("'@image-tooling/nx:createNodes'");
  expect(stderr).not.toContain('start-plugin-worker');
});
