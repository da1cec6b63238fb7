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
  const env = { ...process.env, NX_DAEMON: 'false', NX_ISOLATE_PLUGINS: 'false' };
  const { stdout } = await exec('node_modules/.bin/nx', ['show', 'project', 'base', '--json'], {
    cwd: ROOT,
    env,
  });
  const { targets } = JSON.parse(stdout) as Shown;
  for (const [name, { options }] of Object.entries(targets))
    expect(`${name}: ${options.command}`).toMatch(/: exec (image-tooling|sh \S+unless-done\.sh) \w+ base /);
});
