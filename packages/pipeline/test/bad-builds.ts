import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debPath, leftoversOf, steady, type WorkspaceRig } from '@image-tooling/testkit';
import { describe, expect, it } from 'vitest';
import { NOTHING, SLOW, type Chain } from './chain';

const exec = promisify(execFile);
const PATIENCE = { IMAGE_HTTP_TIMEOUT_SECONDS: '1', IMAGE_HTTP_TRIES: '2' };
/** What the engine needs besides buildah, and what starts it. */
const PROGRAMS = ['bash', 'sh', 'unshare', 'nsenter', 'mount', 'tar', 'find', 'perl', 'zstd'];

/** What a person sees of a build that must fail, and leave nothing in the workspace or the store. */
async function seen(rig: WorkspaceRig, image: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const before = await filesOf(rig);
  const { exitCode, stderr } = await rig.run(['build', image], { ...PATIENCE, ...env });
  expect(exitCode).toBe(1);
  expect(await filesOf(rig)).toEqual(before);
  expect(await leftoversOf(env['IMAGE_STORE'] ?? rig.store)).toEqual(NOTHING);
  return steady(stderr, rig);
}

const filesOf = async (rig: WorkspaceRig) =>
  (await readdir(join(rig.folder, 'images'), { recursive: true })).sort();

export function describeBadBuilds(chain: () => Chain): void {
  describe('build says that', () => {
    it.each([
      ['a .deb was altered', { kind: 'alter' }],
      ['a .deb came incomplete', { kind: 'truncate', bytes: 1000 }],
      ['the connection broke within a .deb', { kind: 'reset', afterBytes: 1000 }],
    ] as const)('%s', async (_, fault) => {
      const rig = await chain().copy();
      chain().archive.fault({ path: /fixture-slow/, fault });
      try {
        expect(await seen(rig, 'slow')).toMatchSnapshot();
      } finally {
        chain().archive.heal();
      }
    });

    it('a .deb is gone from everywhere', async () => {
      const rig = await chain().copy();
      chain().archive.fault({ path: new RegExp(debPath(SLOW)), fault: { kind: 'status', status: 404 } });
      try {
        expect(await seen(rig, 'slow')).toMatchInlineSnapshot();
      } finally {
        chain().archive.heal();
      }
    });

    it('a hash in a lock was edited', async () => {
      const rig = await chain().copy();
      const lock = await readFile(join(rig.folder, 'images/slow/lock.json'), 'utf8');
      await rig.write('images/slow/lock.json', lock.replace(/"[0-9a-f]{64}"/, `"${'0'.repeat(64)}"`));
      expect(await seen(rig, 'slow')).toMatchInlineSnapshot();
    });

    it('a maintainer script failed, with its last lines', async () => {
      expect(await seen(await chain().copy(), 'failing')).toMatchInlineSnapshot();
    });

    it("files collide with dpkg's and with generated ones", async () => {
      const rig = await chain().copy();
      await rig.write('images/files/rootfs/etc/passwd', 'root:x:0:0::/root:/bin/sh\n');
      await rig.write('images/files/rootfs/usr/bin/dpkg', 'mine\n');
      await rig.write('images/files/rootfs/etc/fixture.conf', 'mine\n');
      await rig.write('images/files/rootfs/bin/tool', 'mine\n');
      expect(await seen(rig, 'files')).toMatchInlineSnapshot();
    });

    it('there is no engine', async () => {
      const rig = await chain().copy();
      const folder = join(rig.folder, 'bin');
      await mkdir(folder);
      for (const name of PROGRAMS) {
        const { stdout } = await exec('which', [name]);
        await symlink(stdout.trim(), join(folder, name));
      }
      expect(await seen(rig, 'slow', { PATH: folder })).toMatchInlineSnapshot();
    });

    it.for(['16m', '64m'])('the disk of the store is full: %s', async (size, context) => {
      const rig = await chain().copy({ emptyStore: true });
      const IMAGE_STORE = join(rig.folder, 'small');
      await mkdir(IMAGE_STORE);
      try {
        await exec('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', IMAGE_STORE]);
      } catch (error) {
        return context.skip(`no tmpfs can be mounted: ${(error as Error).message}`);
      }
      try {
        const text = await seen(rig, 'base', { IMAGE_STORE });
        expect(text.replace(/<workspace>\/small\/tmp\/\S+/, '<file>')).toMatchInlineSnapshot();
        await expect(writeFile(join(IMAGE_STORE, 'room'), Buffer.alloc(1_000_000))).resolves.toBe(undefined);
      } finally {
        await exec('umount', [IMAGE_STORE]);
      }
    });
  });
}
