import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const TOOLBOX = join(import.meta.dirname, '../bin/toolbox.cjs');

it('toolbox starts from the source, without a published package', () => {
  const help = execFileSync(process.execPath, [TOOLBOX, '--help'], { encoding: 'utf8' });
  expect(help).toContain('toolbox [options] <command> [arguments]');
  // Commands are another bundle.
  const end = spawnSync(process.execPath, [TOOLBOX, 'completion', 'bash'], { encoding: 'utf8' });
  expect(end).toMatchObject({ status: 0, stdout: expect.stringContaining('complete ') as string });
});
