/**
 * One Nx run that tests six images without cache, on Dagger against buildah. Also measures one start of the
 * Dagger SDK: Dagger may not cost more than that in addition. `_EXPERIMENTAL_DAGGER_RUNNER_HOST` names the
 * engine.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inTurns, median, type Contestant } from './lib/measure';
import { runProgram } from './lib/programs';
import { difference, report } from './lib/report';
import { copyWorkspace, nx } from './lib/workspace';

const ROUNDS = Number(process.argv[2] ?? 5);
const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';
const SHIPPED = ['base', 'tooling-k8s', 'tooling-k8s-aws'];
const ADDED = ['added-one', 'added-two', 'added-three'];
const TEST = ['run-many', '-t', `test-${ARCH}`, '-p', [...SHIPPED, ...ADDED].join(',')];
const ON = { dagger: { IMAGE_ENGINE: 'dagger' }, buildah: { IMAGE_ENGINE: 'buildah' } } as const;

if (!process.env['_EXPERIMENTAL_DAGGER_RUNNER_HOST'])
  throw new Error('Set _EXPERIMENTAL_DAGGER_RUNNER_HOST to a running engine.');
const folder = mkdtempSync(join(tmpdir(), 'six-images-'));
const workspace = join(folder, 'workspace');
try {
  copyWorkspace(workspace);
  nx(workspace, ['run', `tooling-k8s:build-${ARCH}`]);
  for (const name of ADDED) addImage(name);
  for (const env of Object.values(ON)) nx(workspace, [...TEST, '--skip-nx-cache'], env);
  const timings = await inTurns(ROUNDS, [
    sixOn('six images, buildah', ON.buildah),
    sixOn('six images, dagger', ON.dagger),
    {
      name: 'one start of the SDK',
      run: () =>
        void runProgram([process.execPath, resolve('benchmarks', 'peers', 'dagger-start.mjs')], {
          cwd: folder,
        }),
    },
  ]);
  const more = difference(timings, 'six images, dagger', 'six images, buildah');
  const atMost = median(timings.get('one start of the SDK') ?? []);
  report(timings, [{ name: 'dagger more than buildah', value: more, atMost, unit: ' s' }]);
} finally {
  nx(workspace, ['daemon', '--stop']);
  rmSync(folder, { recursive: true, force: true });
}

function sixOn(name: string, env: NodeJS.ProcessEnv): Contestant {
  return { name, run: () => void nx(workspace, [...TEST, '--skip-nx-cache'], env) };
}

/** An image of one file on tooling-k8s; its lock is what `lock` writes where there are no packages. */
function addImage(name: string): void {
  const image = join(workspace, 'images', name);
  mkdirSync(join(image, 'rootfs', 'usr', 'local', 'share'), { recursive: true });
  writeFileSync(join(image, 'rootfs', 'usr', 'local', 'share', name), name);
  const platform = `linux/${ARCH}`;
  const definition = {
    description: `In addition to the shipped images: ${name}`,
    from: { image: 'tooling-k8s' },
    files: 'rootfs',
    platforms: [platform],
  };
  writeFileSync(join(image, 'image.json'), JSON.stringify(definition));
  const parent = join(workspace, 'images', 'tooling-k8s');
  const { packagesDigest } = json(join(parent, 'dist', `linux-${ARCH}`, 'layers.json'));
  const { platforms } = json(join(parent, 'lock.json')) as { platforms: Record<string, { time: number }> };
  const lock = { on: packagesDigest, time: platforms[platform]?.time, requested: [], packages: [] };
  writeFileSync(
    join(image, 'lock.json'),
    JSON.stringify({ lockVersion: 1, platforms: { [platform]: lock } }),
  );
}

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
}
