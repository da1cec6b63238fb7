import { run } from '@image-tooling/host';
import { valueOf } from '@image-tooling/testkit/helpers';

/** Runs a program in a home folder of its own. Returns its error output; empty if it exits with 0. */
export async function refusalOf(
  argv: readonly string[],
  home: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = valueOf(
    await run({
      argv: argv as readonly [string, ...string[]],
      env: {
        ...process.env,
        HOME: home,
        XDG_RUNTIME_DIR: home,
        REGISTRY_AUTH_FILE: `${home}/auth.json`,
        ...env,
      },
      timeoutSeconds: 120,
    }),
  );
  return exitCode === 0 ? '' : `${stdout}${stderr}` || `exit code ${exitCode}`;
}
