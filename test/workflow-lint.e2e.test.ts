import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensureGoToolchain } from '@image-tooling/sources/go';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workflows } from './workflows/read';

const exec = promisify(execFile);
const ROOT = resolve(__dirname, '..');
const ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12';
const ZIZMOR = 'zizmor==1.32.0';
const QUIET = ['--offline', '--quiet'];
const OWN = workflows().map(({ file }) => join(ROOT, '.github/workflows', file));
/** Examples that use each other, by the names that docs/ci.md gives them. */
const EXAMPLES = [
  ['github.yaml', 'images.yaml'],
  ['github-jobs.yaml', 'image-jobs.yaml'],
] as const;

/** Both must find something in it. */
const BAD = `
on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-99
    steps:
      - uses: actions/checkout@v7
      - run: echo \${{ github.head_ref }}
`;

let folder: string;
let examples: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workflow-lint-'));
  await writeFile(join(folder, 'bad.yml'), BAD);
  examples = await copyExamples(join(folder, 'repository'));
});
afterAll(async () => {
  // Go's module cache is read-only.
  await exec('chmod', ['-R', 'u+w', folder]);
  await rm(folder, { recursive: true, force: true });
});

/** Writes the examples into a repository, where actionlint looks for the workflows that they call. */
async function copyExamples(repository: string): Promise<string[]> {
  const place = join(repository, '.github/workflows');
  await mkdir(place, { recursive: true });
  await exec('git', ['init', '--quiet', repository]);
  return Promise.all(
    EXAMPLES.map(async ([from, to]) => {
      await copyFile(join(ROOT, 'docs/ci-plan', from), join(place, to));
      return join(place, to);
    }),
  );
}

/** Runs a program to its end. Returns what it printed, and whether it failed. */
async function findings(
  program: string,
  ...args: readonly string[]
): Promise<{ failed: boolean; output: string }> {
  try {
    const { stdout } = await exec(program, args);
    return { failed: false, output: stdout };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    return { failed: true, output: stdout + stderr };
  }
}

describe('the workflows', () => {
  it('have no mistake that actionlint finds, also in their shell', async () => {
    const context = { signal: new AbortController().signal, progress: SILENT };
    const toolchain = valueOf(
      await ensureGoToolchain({ cache: join(folder, 'store'), context, hostEnv: process.env }),
    );
    const env = {
      ...process.env,
      GOBIN: folder,
      GOMODCACHE: join(folder, 'mod'),
      GOTOOLCHAIN: 'local',
      GOFLAGS: '',
    };
    await exec(join(toolchain.root, 'bin/go'), ['install', ACTIONLINT], { env });
    const actionlint = join(folder, 'actionlint');
    expect(await findings(actionlint, ...OWN, ...examples)).toEqual({ failed: false, output: '' });
    expect((await findings(actionlint, join(folder, 'bad.yml'))).output).toMatch(/ubuntu-99/);
  });

  it('have no mistake that zizmor finds without network', async () => {
    await exec('python3', ['-m', 'venv', join(folder, 'venv')]);
    await exec(join(folder, 'venv/bin/pip'), ['install', '--quiet', ZIZMOR]);
    const zizmor = join(folder, 'venv/bin/zizmor');
    expect(await findings(zizmor, ...QUIET, ...OWN)).toMatchObject({ failed: false });
    // Low: a workflow of the same repository as `$/…`, which actionlint does not know.
    expect(await findings(zizmor, ...QUIET, '--min-severity=medium', ...examples)).toMatchObject({
      failed: false,
    });
    expect((await findings(zizmor, ...QUIET, join(folder, 'bad.yml'))).output).toMatch(/dangerous-triggers/);
  });
});
