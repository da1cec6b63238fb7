/**
 * `base` from an empty store, network included, against mmdebstrap's minbase of the same suite from the
 * host's own apt mirrors. Run it as root, where mmdebstrap is fastest.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inTurns } from './lib/measure';
import { runProgram } from './lib/programs';
import { ratio, report } from './lib/report';
import { copyWorkspace } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 3);
const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'image-tooling.cjs');

const folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
const workspace = join(folder, 'workspace');
const store = join(folder, 'store');
try {
  copyWorkspace(workspace);
  runProgram(['node', CLI, '--help']); // Makes the bundle of the current source.
  const suite = suiteOf('base');
  const timings = await inTurns(ROUNDS, [
    {
      name: `mmdebstrap --variant=minbase ${suite}`,
      run: () => void runProgram(['mmdebstrap', '--variant=minbase', suite, join(folder, 'minbase.tar')]),
    },
    {
      name: 'image-tooling build base',
      prepare() {
        // With the record of a build, nothing would be built.
        for (const made of [store, join(workspace, 'images', 'base', 'dist')])
          rmSync(made, { recursive: true, force: true });
      },
      run: () => void runProgram(['node', CLI, 'build', 'base'], inWorkspace()),
    },
  ]);
  const [theirs, ours] = [...timings.keys()] as [string, string];
  report(timings, [
    { name: 'base / minbase of the same suite', value: ratio(timings, ours, theirs), atMost: 1.5 },
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function inWorkspace() {
  return { cwd: workspace, env: { ...process.env, IMAGE_STORE: store } };
}

function suiteOf(image: string): string {
  const definition = JSON.parse(readFileSync(join('images', image, 'image.json'), 'utf8')) as {
    readonly from: { readonly debian: string };
  };
  return definition.from.debian;
}
