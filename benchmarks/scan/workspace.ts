import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runProgram } from '../lib/programs';
import { copyWorkspace, nx } from '../lib/workspace';

export const ARCH = process.arch === 'arm64' ? 'arm64' : 'amd64';
export const COMMAND = resolve('packages/cli/bin/image-tooling.cjs');

/** Returns the path of the command as it is published, in a new folder of the workspace, whose npm packages it needs. */
export function publishedCommand(workspace: string): string {
  const folder = join(workspace, 'published');
  runProgram([process.execPath, 'scripts/pack.mjs', '--to', folder]);
  const tarball = readdirSync(folder).find((name) => name.startsWith('image-tooling-cli-'));
  runProgram(['tar', '-xzf', join(folder, tarball!), '-C', folder]);
  return join(folder, 'package', 'bin', 'image-tooling.cjs');
}

/** Copies this workspace, for this machine's platform, with one more image on tooling-k8s, and a scan.json. */
export function prepareWorkspace(workspace: string): void {
  copyWorkspace(workspace);
  onlyThisPlatform(workspace);
  addImage(workspace);
  writeJson(workspace, 'scan.json', { maxAge: '999d', fail: [] });
}

/** Makes a key to sign with, and commits everything else. */
export function commitWithKey(workspace: string): void {
  runProgram([process.execPath, COMMAND, 'keygen'], { cwd: workspace });
  const json = readJson(workspace, 'nx.json') as { plugins: { options: Record<string, unknown> }[] };
  json.plugins[0]!.options['signing'] = { key: 'signing.key' };
  writeJson(workspace, 'nx.json', json);
  writeFileSync(
    join(workspace, '.gitignore'),
    `${readFileSync(join(workspace, '.gitignore'), 'utf8')}\nsigning.key\n/node_modules\n`,
  );
  const who = ['-c', 'user.name=benchmark', '-c', 'user.email=benchmark@example.invalid'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...who, 'commit', '-q', '-m', 'benchmark'],
  ])
    runProgram(['git', ...args], { cwd: workspace });
}

/** No emulator is needed for the other platform. */
function onlyThisPlatform(workspace: string): void {
  for (const image of readdirSync(join(workspace, 'images'))) {
    const at = join('images', image);
    if (!existsSync(join(workspace, at, 'image.json'))) continue;
    writeJson(workspace, join(at, 'image.json'), {
      ...readJson(workspace, join(at, 'image.json')),
      platforms: [`linux/${ARCH}`],
    });
    const lock = readJson(workspace, join(at, 'lock.json')) as { platforms: Record<string, unknown> };
    const platforms = { [`linux/${ARCH}`]: lock.platforms[`linux/${ARCH}`] };
    writeJson(workspace, join(at, 'lock.json'), { ...lock, platforms });
  }
}

/** An image of one file on tooling-k8s; its lock is what `lock` writes where there are no packages. */
function addImage(workspace: string): void {
  nx(workspace, ['run', `tooling-k8s:build-${ARCH}`]);
  const image = join('images', 'added');
  mkdirSync(join(workspace, image, 'rootfs', 'etc'), { recursive: true });
  writeFileSync(join(workspace, image, 'rootfs', 'etc', 'added'), 'added\n');
  const platform = `linux/${ARCH}`;
  const from = { image: 'tooling-k8s' };
  writeJson(workspace, join(image, 'image.json'), {
    description: 'Added',
    from,
    files: 'rootfs',
    platforms: [platform],
  });
  const { packagesDigest } = readJson(workspace, `images/tooling-k8s/dist/linux-${ARCH}/layers.json`);
  const { platforms } = readJson(workspace, 'images/tooling-k8s/lock.json') as {
    platforms: Record<string, { time: number }>;
  };
  const lock = { on: packagesDigest, time: platforms[platform]?.time, requested: [], packages: [] };
  writeJson(workspace, join(image, 'lock.json'), { lockVersion: 1, platforms: { [platform]: lock } });
}

/** Returns the files of outputs that say which secrets builds found. */
export function outputsWithSecrets(workspace: string): string[] {
  const projects = ['images', 'tools'].flatMap((kind) =>
    readdirSync(join(workspace, kind)).map((name) => join(workspace, kind, name)),
  );
  return projects
    .map((project) => join(project, 'dist', `linux-${ARCH}`, 'secrets.json.gz'))
    .filter((file) => existsSync(file));
}

/** Reads a file of the workspace. */
export function readJson(workspace: string, file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(workspace, file), 'utf8')) as Record<string, unknown>;
}

function writeJson(workspace: string, file: string, content: unknown): void {
  writeFileSync(join(workspace, file), JSON.stringify(content, undefined, 2));
}
