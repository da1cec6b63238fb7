import { build } from 'esbuild';

/** Bundles a program of a test with its dependencies: processes of other users and folders can run it. */
export async function bundleProgram(entryPoint: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    mainFields: ['module', 'main'],
    loader: { '.node': 'copy' },
    logLevel: 'error',
  });
}
