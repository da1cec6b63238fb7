import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const exec = promisify(execFile);
const ROOT = resolve(__dirname, '..');

interface Shown {
  readonly targets: Readonly<Record<string, { readonly options: { readonly command: string } }>>;
}

it('the targets of this repository’s images are the plugin’s, whatever targetDefaults the programs have', async () => {
  const { stdout } = await showBase({ NX_ISOLATE_PLUGINS: 'false' });
  const { targets } = JSON.parse(stdout) as Shown;
  for (const [name, { options }] of Object.entries(targets))
    expect(`${name}: ${options.command}`).toMatch(/: exec (image-tooling|sh \S+unless-done\.sh) \w+ base /);
});

it('Nx without its daemon loads plugins in its own process', async () => {
  const { stderr } = await showBase({ NX_ISOLATE_PLUGINS: undefined, NX_PERF_LOGGING: 'true' });
  expect(stderr).toContain("'@image-tooling/nx:createNodes'");
  expect(stderr).not.toContain('start-plugin-worker');
});

function showBase(env: NodeJS.ProcessEnv) {
  return exec('node_modules/.bin/nx', ['show', 'project', 'base', '--json'], {
    cwd: ROOT,
    env: { ...process.env, NX_DAEMON: 'false', ...env },
  });
}
