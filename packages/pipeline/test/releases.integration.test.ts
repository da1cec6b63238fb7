import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { steady, type WorkspaceRig } from '@image-tooling/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { layerFiles } from './package-tools';
import { lockOf, releaseTar, ReleaseTools, VENDOR, writeLock, XZ_SOURCE } from './release-tools';

let tools: ReleaseTools;
let rig: WorkspaceRig;

beforeAll(async () => {
  tools = await ReleaseTools.open();
  rig = await tools.workspace();
  await tools.must(rig, 'lock', 'tool');
  await tools.must(rig, 'lock', 'zipped');
});
afterEach(async () => {
  tools.server.heal();
  await tools.server.start();
});
afterAll(() => tools.remove());

/** Returns the output of a failing command, with what differs from run to run masked. */
async function refused(at: WorkspaceRig, ...args: readonly string[]): Promise<string> {
  const end = await tools.run(at, ...args);
  expect(end.exitCode).not.toBe(0);
  const said = steady(end.stderr.slice(end.stderr.indexOf('error:')), at);
  return said.replace(/(?:was not found|could not be resolved).*/g, '<no such host>');
}

async function layerOf(at: WorkspaceRig, platform: string): Promise<{ digest: string; diffId: string }> {
  const file = join(at.folder, 'tools/tool/dist', platform, 'layer.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { layer: { digest: string; diffId: string } }).layer;
}

const digestOf = async (at: WorkspaceRig, platform: string): Promise<string> =>
  (await layerOf(at, platform)).digest;

/** Returns a workspace that has the lock and nothing in its store. */
async function fresh(options: Readonly<Record<string, unknown>> = {}): Promise<WorkspaceRig> {
  const other = await tools.workspace({ options });
  for (const name of ['tool', 'zipped'])
    await other.write(`tools/${name}/lock.json`, await lockOf(rig, name));
  return other;
}

describe('a tool that its vendor publishes', () => {
  it('is locked for each platform at the vendor’s own address, with hash and size', async () => {
    expect((await lockOf(rig)).replace(/[0-9a-f]{64}/g, 'SHA256')).toMatchInlineSnapshot(`
      "{
        "lockVersion": 1,
        "version": "1.0.0",
        "release": {
          "linux/amd64": {
            "url": "https://vendor.invalid/v1.0.0/tool_x86_64.tar.gz",
            "sha256": "SHA256",
            "size": 560
          },
          "linux/arm64": {
            "url": "https://vendor.invalid/v1.0.0/tool_arm64.tar.gz",
            "sha256": "SHA256",
            "size": 558
          }
        }
      }
      "
    `);
  });

  it('has the wanted files and licences, for both platforms, from the store that the lock filled', async () => {
    await tools.server.stop();
    await tools.must(rig, 'build', 'tool', '--platform', 'linux/amd64');
    await tools.must(rig, 'build', 'tool', '--platform', 'linux/arm64');
    expect(await layerFiles(rig, 'tool')).toMatchInlineSnapshot(`
      [
        "-rwxr-xr-x usr/local/bin/t",
        "-rwxr-xr-x usr/local/bin/tool",
        "-rw-r--r-- usr/local/share/doc/tool/licenses/LICENSE",
        "-rw-r--r-- usr/local/share/tool/data",
      ]
    `);
    expect(await layerFiles(rig, 'tool', 'linux-arm64')).toEqual(await layerFiles(rig, 'tool'));
    expect(await digestOf(rig, 'linux-arm64')).not.toBe(await digestOf(rig, 'linux-amd64'));
  });

  it('has the golden digest: another one needs a higher FORMAT of releases', async () => {
    expect((await layerOf(rig, 'linux-amd64')).diffId).toMatchInlineSnapshot(
      `"sha256:159a3f95bd15f528fc9e0de641ea1e56156700d720f54861aa30261ff1f12a7d"`,
    );
  });

  it('may be a folder of a zip, with a link into it', async () => {
    await tools.must(rig, 'build', 'zipped', '--platform', 'linux/amd64');
    expect(await layerFiles(rig, 'zipped')).toMatchInlineSnapshot(`
      [
        "lrwxrwxrwx usr/local/bin/zipped -> ../lib/zipped/tool",
        "-rw-r--r-- usr/local/lib/zipped/lib/data",
        "-rwxr-xr-x usr/local/lib/zipped/tool",
        "-rw-r--r-- usr/local/share/doc/zipped/licenses/LICENSE",
      ]
    `);
  });

  it('may be in an archive of xz', async () => {
    await tools.define(rig, 'xzed', { release: XZ_SOURCE });
    await tools.must(rig, 'lock', 'xzed');
    await tools.must(rig, 'build', 'xzed', '--platform', 'linux/amd64');
    expect(await layerFiles(rig, 'xzed')).toEqual(['-rwxr-xr-x usr/local/bin/xzed']);
  });

  it('is the same layer from another URL with the same bytes', async () => {
    const other = await fresh({ mirrors: { 'https://vendor.invalid/v1': `${tools.server.url}/v1` } });
    await tools.must(other, 'build', 'tool', '--platform', 'linux/amd64');
    expect(await digestOf(other, 'linux-amd64')).toBe(await digestOf(rig, 'linux-amd64'));
  });

  it('must be locked again if its URL changes', async () => {
    const other = await fresh();
    await tools.define(other, 'tool', {
      release: { url: `${VENDOR}moved/tool_{arch}.tar.gz`, files: { tool: 'bin/tool' } },
    });
    expect(await refused(other, 'build', 'tool', '--platform', 'linux/amd64')).toMatchInlineSnapshot(`
      "error: The lock of "tool" is of another address for linux/amd64 than its definition says. (lock-stale)
        tools/tool/lock.json
        locked  https://vendor.invalid/v1.0.0/tool_x86_64.tar.gz
        defined https://vendor.invalid/moved/tool_amd64.tar.gz
        help: Run "npx nx run tool:lock" and commit what it writes.
      "
    `);
  });
});

describe('a file that changed at its address', () => {
  const other = releaseTar('riscv64');

  it('is not locked: reports both hashes and the next step, and keeps the lock', async () => {
    const path = 'v1.0.0/tool_x86_64.tar.gz';
    const before = await lockOf(rig);
    tools.published.set(path, other);
    try {
      expect(await refused(rig, 'lock', 'tool')).toMatchInlineSnapshot(`
        "error: tool 1.0.0 (linux/amd64) has changed at its address since it was locked. (checksum)
          tools/tool/lock.json
          address https://vendor.invalid/v1.0.0/tool_x86_64.tar.gz (fetched from http://127.0.0.1:<port>)
          locked  sha256 <sha256>, 560 bytes
          now     sha256 <sha256>, 562 bytes
          help: A published file should never change: ask the vendor why. If the new one is right, remove "linux/amd64" from "release" in tools/tool/lock.json and run "npx nx run tool:lock" again.
        "
      `);
      expect(await lockOf(rig)).toBe(before);
    } finally {
      tools.published.set(path, releaseTar('x86_64'));
    }
  });

  it('is not built from either', async () => {
    const locked = await fresh();
    await writeLock(locked, { amd64: other });
    expect(await refused(locked, 'build', 'tool', '--platform', 'linux/amd64')).toMatchInlineSnapshot(`
      "error: tool 1.0.0 (linux/amd64) differs from the lock: the file was changed at its address, or on the way from it. (checksum)
        locked: sha256 <sha256>
        http://127.0.0.1:<port>/v1.0.0/tool_x86_64.tar.gz: expected sha256 <sha256>, got <sha256>
        https://vendor.invalid/v1.0.0/tool_x86_64.tar.gz: <no such host>
        help: Compare both with what the vendor publishes. If the new file is right, remove "release" from tools/tool/lock.json, run "npx nx run tool:lock" and commit it; else use a mirror that has the locked one.
      "
    `);
  });
});

describe('a vendor, or a mirror, that fails', () => {
  const build = ['build', 'tool', '--platform', 'linux/amd64'] as const;

  it('and has no such file is reported with what to do; nothing is kept, and a later run succeeds', async () => {
    const other = await fresh();
    tools.server.fault({ path: /tool_/, fault: { kind: 'status', status: 404 } });
    expect(await refused(other, ...build)).toMatchSnapshot();
    tools.server.heal();
    await tools.must(other, ...build);
    expect(await digestOf(other, 'linux-amd64')).toBe(await digestOf(rig, 'linux-amd64'));
  });

  it('does not stop other locks: its lock is kept, with a warning', async () => {
    const before = await lockOf(rig);
    tools.server.fault({ path: /x86_64/, fault: { kind: 'status', status: 403 } });
    const end = await tools.run(rig, 'lock', 'tool');
    expect(end.exitCode).toBe(0);
    expect(`${end.stdout}${end.stderr}`).toContain(
      'tool: linux/amd64 of its source "release" can\'t be reached; its lock is kept',
    );
    expect(await lockOf(rig)).toBe(before);
  });

  it('and has a file for one platform only: the other is left out, with a warning', async () => {
    const other = await tools.workspace({ options: { mirrors: {} } });
    const env = await tools.asVendor(other);
    tools.server.fault({ path: /arm64/, fault: { kind: 'status', status: 404 } });
    const said = await other.run(['lock', 'tool'], env);
    expect(said.exitCode).toBe(0);
    expect(`${said.stdout}${said.stderr}`).toContain('tool: its vendor has no file for linux/arm64');
    expect(Object.keys((JSON.parse(await lockOf(other)) as { release: object }).release)).toEqual([
      'linux/amd64',
    ]);
  });

  it('locks nothing if it sends a web page, or an archive without the file', async () => {
    const other = await tools.workspace();
    await tools.define(other, 'tool', {
      release: { url: `${VENDOR}page/tool_{arch}.zip`, files: { tool: 'bin/tool' } },
    });
    const page = Buffer.from('<html><title>Sign in</title></html>');
    for (const arch of ['amd64', 'arm64']) tools.published.set(`page/tool_${arch}.zip`, page);
    expect(await refused(other, 'lock', 'tool')).toMatchSnapshot();
    await tools.define(other, 'tool', {
      release: { url: `${VENDOR}v{version}/tool_{arch}.zip`, files: { tool: 'bin/tool' } },
    });
    expect(await refused(other, 'lock', 'tool')).toMatchSnapshot();
    await expect(lockOf(other)).rejects.toThrow('ENOENT');
  });
});
