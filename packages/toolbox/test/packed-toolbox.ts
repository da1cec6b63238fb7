import { join, resolve } from 'node:path';

type Stage = (folder: 'toolbox', options: { readonly to: string; readonly version: string }) => unknown;

/** Lays the package out in a folder as npm installs it. Returns the command that starts it. */
export async function packedToolbox(to: string, version: string): Promise<[string, string]> {
  // The benchmark is a bundle elsewhere: both run in the repository's folder.
  const stager = resolve('scripts/pack/stage.mjs');
  const { stage } = (await import(stager)) as { readonly stage: Stage };
  stage('toolbox', { to, version });
  return [process.execPath, join(to, 'bin/toolbox.cjs')];
}
