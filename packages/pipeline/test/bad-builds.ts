import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { debPath, leftoversOf, steady, type WorkspaceRig } from '@image-tooling/testkit';
import { describe, expect, it } from 'vitest';
import { NOTHING, SLOW, type Chain } from './chain';

const exec = promisify(execFile);
const SHORT_TIMEOUTS = { IMAGE_HTTP_TIMEOUT_SECONDS: '1', IMAGE_HTTP_TRIES: '2' };
/** What the engine needs besides buildah, and what starts it. */
const PROGRAMS = [
  'newuidmap',
  'newgidmap',
  'bash',
  'sh',
  'unshare',
  'nsenter',
  'mount',
  'tar',
  'find',
  'perl',
  'zstd',
];

/** Returns the output of a build that must fail, and leave nothing in the workspace or the store. */
async function seen(rig: WorkspaceRig, image: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const before = await filesOf(rig);
  const { exitCode, stderr } = await rig.run(['build', image], { ...SHORT_TIMEOUTS, ...env });
  expect(exitCode).toBe(1);
  expect(await filesOf(rig)).toEqual(before);
  expect(await leftoversOf(env['IMAGE_STORE'] ?? rig.store)).toEqual(NOTHING);
  return steady(stderr, rig);
}

const filesOf = async (rig: WorkspaceRig) =>
  (await readdir(join(rig.folder, 'images'), { recursive: true })).sort();

export function describeBadBuilds(chain: () => Chain): void {
  describe('build reports that', () => {
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

    it('no mirror has a .deb', async () => {
      const rig = await chain().copy();
      chain().archive.fault({ path: new RegExp(debPath(SLOW)), fault: { kind: 'status', status: 404 } });
      try {
        expect(await seen(rig, 'slow')).toMatchInlineSnapshot(`
          "error: fixture-slow 1.0 (all) can't be downloaded: no mirror of the archive "fixture" has this version. (gone)
            http://127.0.0.1:<port>/pool/main/fixture-slow_1.0_all.deb: HTTP 404 Not Found
            help: Run the lock target again to move to the current versions. To use another mirror, write in nx.json, in the options of "@image-tooling/nx": "debian": { "mirrors": { "fixture": ["https://mirror.example/fixture"] } }
          "
        `);
      } finally {
        chain().archive.heal();
      }
    });

    it('a hash in a lock was edited', async () => {
      const rig = await chain().copy();
      const lock = await readFile(join(rig.folder, 'images/slow/lock.json'), 'utf8');
      await rig.write('images/slow/lock.json', lock.replace(/"[0-9a-f]{64}"/, `"${'0'.repeat(64)}"`));
      expect(await seen(rig, 'slow')).toMatchInlineSnapshot(`
        "error: fixture-slow 1.0 (all) can't be downloaded: its checksum differs from the expected one. (checksum)
          http://127.0.0.1:<port>/pool/main/fixture-slow_1.0_all.deb: expected sha256 <sha256>, got <sha256>
          help: The file was changed on the way, or a mirror is damaged: try another one.
        "
      `);
    });

    it('a maintainer script failed, with its last lines', async () => {
      expect(await seen(await chain().copy(), 'failing')).toMatchInlineSnapshot(`
        "error: failing: install 1 package: a command ended with exit code 100. (step-failed)
          command: /bin/sh -euc apt-get install --yes --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io /step/packages/*.deb
          Reading package lists...
          Building dependency tree...
          Reading state information...
          The following NEW packages will be installed:
            fixture-failing
          0 upgraded, 1 newly installed, 0 to remove and 0 not upgraded.
          Need to get 0 B/5928 B of archives.
          After this operation, 0 B of additional disk space will be used.
          Get:1 /step/packages/fixture-failing_1.0_all.deb fixture-failing all 1.0 [5928 B]
          Selecting previously unselected package fixture-failing.
          (Reading database ... <number> files and directories currently installed.)
          Preparing to unpack .../fixture-failing_1.0_all.deb ...
          Unpacking fixture-failing (1.0) ...
          Setting up fixture-failing (1.0) ...
          looking for the moon
          there is no moon
          dpkg: error processing package fixture-failing (--configure):
           installed fixture-failing package post-installation script subprocess returned error exit status 3
          Errors were encountered while processing:
           fixture-failing
          E: Sub-process /usr/bin/dpkg returned an error code (1)
          help: Fix the error above; IMAGE_VERBOSE=1 shows the whole output.
        "
      `);
    });

    it("files collide with dpkg's and with generated ones", async () => {
      const rig = await chain().copy();
      await rig.write('images/files/rootfs/etc/passwd', 'root:x:0:0::/root:/bin/sh\n');
      await rig.write('images/files/rootfs/usr/bin/dpkg', 'mine\n');
      await rig.write('images/files/rootfs/etc/fixture.conf', 'mine\n');
      await rig.write('images/files/rootfs/bin/tool', 'mine\n');
      expect(await seen(rig, 'files')).toMatchInlineSnapshot(`
        "error: the files layer of files would replace the system's symlink /bin by a folder. (collision)
          help: Put the files under /usr/local, or under /usr/bin.

        error: /etc/fixture.conf comes from two layers: the files layer of base and the files layer of files. (collision)
          the files layer of base: a file
          the files layer of files: a file
          help: Remove it from one of them, or rename it: only folders may be in several layers.

        error: /etc/passwd comes from two layers: the bootstrap layer of base and the files layer of files. (collision)
          the bootstrap layer of base: a file
          the files layer of files: a file
          help: Remove it from one of them, or rename it: only folders may be in several layers.

        error: /usr/bin/dpkg comes from two layers: the bootstrap layer of base and the files layer of files. (collision)
          the bootstrap layer of base: a file
          the files layer of files: a file
          help: Remove it from one of them, or rename it: only folders may be in several layers.

        4 errors
        "
      `);
    });

    it('there is no engine', async () => {
      const rig = await chain().copy();
      const folder = join(rig.folder, 'bin');
      await mkdir(folder);
      for (const name of PROGRAMS) {
        const { stdout } = await exec('which', [name]);
        await symlink(stdout.trim(), join(folder, name));
      }
      expect(await seen(rig, 'slow', { PATH: folder })).toMatchInlineSnapshot(`
        "error: The program "buildah" is not on this machine; running steps with buildah needs it. (no-engine)
          help: Run ./bootstrap, or install Debian's package buildah.
        "
      `);
    });

    it.for(['16m', '64m'])('the disk of the store is full: %s', async (size, context) => {
      const rig = await chain().copy({ emptyStore: true });
      // With the record of a build, nothing has to be written.
      await rm(join(rig.folder, 'images', 'base', 'dist'), { recursive: true });
      const IMAGE_STORE = join(rig.folder, 'small');
      await mkdir(IMAGE_STORE);
      try {
        await exec('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', IMAGE_STORE]);
      } catch (error) {
        return context.skip(`no tmpfs can be mounted: ${(error as Error).message}`);
      }
      try {
        const text = await seen(rig, 'base', { IMAGE_STORE });
        expect(text.replace(/<workspace>\/small\/tmp\/\S+/, '<file>')).toMatchInlineSnapshot(`
          "error: No space left while writing <file> (disk-full)
            help: Free space there ("image-tooling store prune"), or set IMAGE_STORE to a folder on a larger disk.
          "
        `);
        expect(await readdir(join(IMAGE_STORE, 'tmp'))).toEqual([]);
        // Complete .debs are kept, and their number depends on timing: so does the free space.
        if (size === '64m') await writeFile(join(IMAGE_STORE, 'room'), Buffer.alloc(1_000_000));
      } finally {
        await exec('umount', [IMAGE_STORE]);
      }
    });
  });
}
