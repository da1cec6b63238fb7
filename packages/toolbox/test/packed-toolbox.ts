import { join, resolve } from 'node:path';

type Stage = (folder: 'toolbox', options: { readonly to: string; readonly version: string }) => string;

/** Lays the package out in a folder as npm installs it. Returns the command that starts it. */
export async function packedToolbox(to: string, version: string): Promise<[string, string]> {
  // The benchmark is a bundle elsewhere: both run in the repository's folder.
  const stager = resolve('scripts/pack/stage.mjs');
  const { stage } = (await import(stager)) as { readonly stage: Stage };
  return [process.execPath, join(stage('toolbox', { to, version }), 'bin/toolbox.cjs')];
}
