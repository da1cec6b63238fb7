import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { keptFile, valueOf } from '../helpers';

const INSTALL_SECONDS = 900;

/** Packages of PyPI in an environment of their own. */
export interface PythonPackages {
  /** Its interpreter. */
  readonly python: string;
  /** The command line of a script that a package brings: its first line may name a folder that is gone. */
  script(name: string): [string, string];
}

/** Returns an environment with packages, which pip takes from where its own configuration says; it is kept. */
export async function pythonPackages(name: string, ...requirements: string[]): Promise<PythonPackages> {
  const host = valueOf(
    await mustRun({ argv: ['python3', '-c', 'import sys; print(sys.executable, sys.version)'] }),
  );
  const hash = createHash('sha256').update([host.stdout, ...requirements].join('\n'));
  const folder = await keptFile(`${name}-${hash.digest('hex').slice(0, 16)}`, async (work) => {
    const environment = join(work, 'environment');
    valueOf(await mustRun({ argv: ['python3', '-m', 'venv', environment], timeoutSeconds: 120 }));
    const argv = [
      join(environment, 'bin/pip'),
      'install',
      '--quiet',
      '--no-cache-dir',
      ...requirements,
    ] as const;
    valueOf(await mustRun({ argv, timeoutSeconds: INSTALL_SECONDS }));
    return environment;
  });
  const python = join(folder, 'bin/python');
  return { python, script: (script) => [python, join(folder, 'bin', script)] };
}
