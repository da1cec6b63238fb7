import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const exec = promisify(execFile);
const SOURCE = join(__dirname, '..', 'src', 'process-end.ts');

/** Runs a script in a process of its own: what ends a process can't be tried in this one. */
async function ended(
  script: string,
  redirect = '',
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { buildSync } = await import('esbuild');
  const stdin = {
    contents: `import { watchOutput, withBugReport } from ${JSON.stringify(SOURCE)};\n${script}`,
  };
  const [bundle] = buildSync({
    stdin: { ...stdin, resolveDir: __dirname },
    bundle: true,
    platform: 'node',
    write: false,
  }).outputFiles;
  const argv = ['-c', `"$0" -e "$1" ${redirect}`, process.execPath, bundle?.text ?? ''];
  return exec('bash', argv).then(
    (output) => ({ exitCode: 0, ...output }),
    (error: unknown) => {
      const { code, ...output } = error as { code: number; stdout: string; stderr: string };
      return { exitCode: code, stdout: output.stdout, stderr: output.stderr };
    },
  );
}

describe('an error that nothing handled', () => {
  it.each([
    ['thrown', 'throw new Error("broken")'],
    ['thrown later', 'setTimeout(() => { throw new Error("broken"); }); await stopped'],
    ['rejected', 'Promise.reject(new Error("broken")); await stopped'],
  ])('is one short message and exit code 1: %s', async (_, how) => {
    const { exitCode, stderr } = await ended(
      `let stop; const stopped = new Promise((resolve) => (stop = resolve));
       withBugReport(process, async () => { ${how}; return 0; }, () => stop()).then(process.exit);`,
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr:
        'error: This is a bug in image-tooling: broken\n' +
        '  help: Run it again with IMAGE_VERBOSE=1 to see where it happens, and report that.\n',
    });
  });

  it('of the system says what was refused', async () => {
    const { exitCode, stderr } = await ended(
      `withBugReport(process, async () => require('fs').readdirSync('/nowhere/x')).then(process.exit);`,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error: \/nowhere\/x: ENOENT/);
  });
});

describe('what is printed', () => {
  const PRINT = `const output = watchOutput(process.stdout, process.stderr);
    process.stdout.write('words'.repeat(100_000));
    output.lost().then((lost) => process.stderr.write(JSON.stringify(lost ?? 'nothing lost')));`;

  it.each([
    [
      '> /dev/full',
      '"code":"disk-full","message":"No space left while writing standard output.","hint":"Free space on',
    ],
    ['| head -c 1', 'nothing lost'],
    ['| cat > /dev/null', 'nothing lost'],
    ['>&-', 'nothing lost'],
  ])('%s', async (redirect, expected) => {
    const { exitCode, stderr } = await ended(PRINT, redirect);
    expect(stderr).toContain(expected);
    expect(exitCode).toBe(0);
  });
});
