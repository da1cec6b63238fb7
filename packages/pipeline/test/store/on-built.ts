import { execFile } from 'node:child_process';
import { chmod, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { leftoversOf, type WorkspaceRig } from '@image-tooling/testkit';
import { beforeAll, expect, it } from 'vitest';
import { ageAll } from './scratch';

const LAUNCHER = join(__dirname, '..', '..', '..', 'cli', 'bin', 'image-tooling.cjs');
const exec = promisify(execFile);

/** A built workspace, another with its definitions, and what is compared. */
export interface Built {
  readonly rig: () => WorkspaceRig;
  readonly another: (storeFrom?: string) => Promise<WorkspaceRig>;
  readonly digests: (of: WorkspaceRig) => Promise<unknown>;
}

/** Empties a store, as a prune does without workspaces and recent use. */
export async function pruneAll({ store, folder }: WorkspaceRig): Promise<void> {
  await rm(join(store, 'users'), { recursive: true, force: true });
  ageAll(store, 40);
  const env = { ...process.env, IMAGE_STORE: store };
  await exec(process.execPath, [LAUNCHER, 'store', 'prune', '--apply'], { cwd: join(folder, '..'), env });
  const blobs = await readdir(join(store, 'blobs', 'sha256'));
  if (blobs.length > 0) throw new Error(`${blobs.length} blobs stayed`);
}

/** What the store's commands do to a workspace that was built. */
export function storeOfBuilt({ rig, another, digests }: Built): void {
  it('is exported and imported: another machine builds from it without network or engine', async () => {
    const archive = join(rig().folder, 'exported.tar');
    const said = await rig().must(['store', 'export', 'child', '--with-sources', `--to=${archive}`]);
    expect(said).toContain('  base-amd64\n  child-amd64\n');
    const machine = await another();
    const script = 'for args in "store import $2" "build base" "build child"; do "$0" "$1" $args; done';
    const { stdout } = await exec(
      'unshare',
      ['--net', '--map-root-user', 'sh', '-ec', script, process.execPath, LAUNCHER, archive],
      { cwd: machine.folder, env: { ...process.env, IMAGE_STORE: machine.store, IMAGE_ENGINE: 'dagger' } },
    );
    expect(stdout).not.toMatch(/ {2}built {2}/);
    expect(await digests(machine)).toEqual(await digests(rig()));
    expect(await machine.must(['store', 'verify'])).toContain('no damage.');
    const debs = JSON.parse(await machine.must(['store', 'du', '--json'])) as {
      kinds: { kind: string; count: number }[];
    };
    expect(debs.kinds.find(({ kind }) => kind === 'deb')?.count).toBeGreaterThan(2);
  });

  it('keeps everything that its workspace needs in a prune, however old', async () => {
    const used = await another(rig().store);
    for (const image of ['base', 'child']) await used.must(['build', image]);
    ageAll(used.store, 400);
    const said = await used.must(['store', 'prune', '--apply', '--keep-days=0']);
    expect(said).toMatch(/ {4}layers +1 /); // What only resolving its packages needed.
    expect(await used.must(['build', 'child'])).not.toMatch(/ {2}built {2}/);
    expect(await digests(used)).toEqual(await digests(rig()));
  });
}

/** A shell in a built image. */
export function shellInBuilt({ rig }: Pick<Built, 'rig'>): void {
  // The folder belongs to root, and the image's user is to see it.
  beforeAll(() => chmod(rig().folder, 0o755));

  const shell = (...command: string[]) =>
    rig().run(['shell', 'child', '--', ...command], { IMAGE_ENGINE: 'buildah' });

  it('runs a command as the image would, and gives its output and exit code', async () => {
    await writeFile(join(rig().folder, 'here.txt'), 'of the folder\n');
    const ran = await shell('sh', '-c', 'id -u; pwd; echo $HOME; cat here.txt; echo err >&2; exit 7');
    expect(ran.exitCode).toBe(7);
    expect(ran.stdout).toBe('1000\n/work\n/home/toolbox\nof the folder\n');
    expect(ran.stderr).toMatch(/^err$/m);
  });

  it('discards changes in the image, and leaves nothing behind', async () => {
    const { exitCode } = await shell('sh', '-c', 'echo x > $HOME/kept; kill -9 $$');
    expect(exitCode).toBe(137);
    expect(await shell('ls', '-A', '/home/toolbox')).toMatchObject({
      stdout: expect.not.stringContaining('kept') as string,
    });
    const left = await leftoversOf(rig().store);
    expect(left).toMatchObject({ engine: [], temporary: [], containers: [], mounts: [] });
  });

  it('ends with Ctrl-C, and leaves nothing behind', async () => {
    const started = rig().start(['shell', 'child', '--', 'sh', '-c', 'echo ready; sleep 60'], {
      IMAGE_ENGINE: 'buildah',
    });
    await started.until(/^ready$/m);
    started.child.kill('SIGINT');
    expect((await started.ended).exitCode).toBe(130);
    expect((await leftoversOf(rig().store)).engine).toEqual([]);
  });
}
