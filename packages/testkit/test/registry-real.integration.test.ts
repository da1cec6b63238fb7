import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import {
  plainRequest,
  pushPlainBlob,
  pushPlainImage,
  pushPlainIndex,
  rawManifest,
  startRegistry,
  startSmallDiskRegistry,
  tagsOf,
  whyNoRegistry,
  whyNoSmallDisk,
  wholeAt,
  seededBytes,
  type PushedImage,
  type RealRegistry,
  type RealRegistryOptions,
} from '@image-tooling/testkit';

const missing = whyNoRegistry();
const started: { stop(): Promise<void> }[] = [];
const start = async (options?: RealRegistryOptions): Promise<RealRegistry> => {
  const registry = await startRegistry(options);
  started.push(registry);
  return registry;
};

afterEach(async () => {
  for (const one of started.splice(0)) await one.stop();
});

describe('a real registry', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }

  it('takes an image and keeps it over a crash', async () => {
    const registry = await start();
    const { digest } = await pushPlainImage(registry, 'team/app', 'layer', { tag: '1' });
    const { url } = registry;
    await registry.kill();
    await expect(plainRequest(registry, 'GET', '/v2/')).rejects.toThrow('ECONNREFUSED');
    await registry.restart();
    expect(registry.url).toBe(url);
    expect(await tagsOf(registry, 'team/app')).toEqual(['1']);
    expect((await rawManifest(registry, 'team/app', '1'))?.digest).toBe(digest);
    expect(await registry.blobs()).toContain(digest);
    expect(await registry.bytes()).toBeGreaterThan(5);
    expect(await registry.log()).toContain('listening on');
  });

  it('leaves nothing after it is stopped, except a given storage', async () => {
    const storage = await mkdtemp(join(tmpdir(), 'storage-'));
    try {
      const first = await start({ storage });
      await pushPlainImage(first, 'team/app', 'layer', { tag: '1' });
      await first.stop();
      expect(existsSync(first.folder)).toBe(false);
      expect(await tagsOf(await start({ storage }), 'team/app')).toEqual(['1']);
    } finally {
      await rm(storage, { recursive: true });
    }
  });

  it('asks for a user and a password', async () => {
    const registry = await start({ auth: { user: 'jo', password: 'p:$ä' } });
    const as = (text: string) => ({ url: registry.url, authorization: basic(text) });
    const none = await plainRequest(registry, 'GET', '/v2/');
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Basic realm="test"']);
    expect((await plainRequest(as('jo:wrong'), 'GET', '/v2/')).status).toBe(401);
    expect((await plainRequest(as('jo:p:$ä'), 'GET', '/v2/')).status).toBe(200);
  });

  it('is read-only, or deletes nothing, from a restart on', async () => {
    const registry = await start();
    const { digest } = await pushPlainImage(registry, 'team/app', 'layer', { tag: '1' });
    const path = `/v2/team/app/manifests/${digest}`;
    await registry.restart({ readOnly: true });
    await expect(pushPlainBlob(registry, 'team/app', Buffer.from('other'))).rejects.toThrow('405');
    expect(await wholeAt(registry, 'team/app', '1')).toEqual([]);
    await registry.restart({ readOnly: false, deletes: false });
    expect((await plainRequest(registry, 'DELETE', path)).status).toBe(405);
    await registry.restart({ deletes: true });
    expect((await plainRequest(registry, 'DELETE', path)).status).toBe(202);
  });

  it('dies with the process that started it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parent-'));
    try {
      const parent = await startParent(folder);
      const child = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)));
      expect(await isAlive(child)).toBe(true);
      parent.kill('SIGKILL');
      await expect.poll(() => isAlive(child)).toBe(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('reports why it does not start', async () => {
    const registry = await start();
    await expect(startRegistry({ port: Number(registry.url.split(':').at(-1)) })).rejects.toThrow(
      /address already in use/,
    );
  });

  it('runs out of space, and continues after space was freed', async (context) => {
    const reason = whyNoSmallDisk();
    if (reason !== undefined) return context.skip(reason);
    const small = await startSmallDiskRegistry(1);
    started.push(small);
    const large = seededBytes(2_000_000, 'large');
    await expect(pushPlainBlob(small.registry, 'team/app', large)).rejects.toThrow(
      /500.*no space left on device/,
    );
    small.resize(8);
    await pushPlainImage(small.registry, 'team/app', large, { tag: '1' });
    expect(await wholeAt(small.registry, 'team/app', '1')).toEqual([]);
  });
});

describe('what is read independently', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }

  it('finds missing, truncated or altered parts of an index', async () => {
    const registry = await start();
    const layers = { 'linux/amd64': 'layer one', 'linux/arm64': 'layer two' };
    const { digest: index, platforms } = await pushPlainIndex(registry, 'team/app', 'both', layers);
    const { 'linux/amd64': one, 'linux/arm64': two } = platforms as Record<keyof typeof layers, PushedImage>;
    expect(await wholeAt(registry, 'team/app', 'both')).toEqual([]);
    expect(await wholeAt(registry, 'team/app', index)).toEqual([]);
    expect(await wholeAt(registry, 'team/app', 'none')).toEqual(['none: no such manifest']);

    await writeFile(registry.blobFile(one.layer), 'layer 0ne');
    await rm(registry.blobFile(two.layer));
    const wrong = await wholeAt(registry, 'team/app', 'both');
    expect(wrong).toEqual([
      expect.stringMatching(`^${one.layer}: its bytes are sha256:`),
      expect.stringMatching(`^${two.layer}: missing`),
    ]);
    await registry.restart();
    await plainRequest(registry, 'DELETE', `/v2/team/app/manifests/${two.digest}`);
    expect(await wholeAt(registry, 'team/app', 'both')).toContainEqual(
      expect.stringContaining(`${two.digest}: missing`),
    );
  });

  it('detects a deleted tag', async () => {
    const registry = await start();
    const { digest } = await pushPlainImage(registry, 'team/app', 'layer', { tag: '1' });
    await registry.deleteTag('team/app', '1');
    expect(await tagsOf(registry, 'team/app')).toEqual([]);
    expect(await wholeAt(registry, 'team/app', digest)).toEqual([]);
  });

  it('returns no tags without a repository', async () => {
    expect(await tagsOf(await start(), 'team/none')).toEqual([]);
  });
});

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

/** Returns a process that starts a registry as `startRegistry` does, writes its process id and stays. */
async function startParent(folder: string) {
  const source = await readFile(join(import.meta.dirname, '../src/registry/real/program.ts'), 'utf8');
  const { outputText } = transpileModule(source, {
    compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2022 },
  });
  const config = { version: 0.1, storage: { inmemory: {} }, http: { addr: '127.0.0.1:0' } };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  await writeFile(join(folder, 'program.mjs'), outputText);
  await writeFile(
    join(folder, 'parent.mjs'),
    `import { startProgram } from './program.mjs';
     console.log((await startProgram('config.yml', 'log')).process.pid);`,
  );
  return spawn(process.execPath, ['parent.mjs'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A zombie without a waiting parent counts as dead. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ');
  return !stat.includes(' Z ');
}
