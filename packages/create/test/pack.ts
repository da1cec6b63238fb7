import { execFile } from 'node:child_process';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const REPOSITORY = resolve(__dirname, '../../..');

const runFile = promisify(execFile);

/** Packs the published packages into a folder: name → path of the tarball. */
export async function pack(to: string, version: string): Promise<Readonly<Record<string, string>>> {
  const script = join(REPOSITORY, 'scripts', 'pack.mjs');
  const { stdout } = await runFile(process.execPath, [script, '--to', to, '--version', version]);
  const files = stdout.trimEnd().split('\n');
  return Object.fromEntries(
    files.map((file) => [/^image-tooling-([a-z-]+)-[0-9]/.exec(basename(file))![1]!, file]),
  );
}

/** Unpacks a tarball as npm does, but for what it depends on. */
export async function unpack(tarball: string, to: string): Promise<void> {
  await runFile('mkdir', ['-p', to]);
  await runFile('tar', ['-xzf', tarball, '-C', to, '--strip-components=1']);
}
