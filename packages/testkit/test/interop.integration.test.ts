import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { platformOfNode, type Compression } from '@image-tooling/model';
import { assembleImage, exportImage, filesFromFolder, openStore, writeLayer } from '@image-tooling/oci';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { consumers, startRegistry, whyNoRegistry, type RealRegistry } from '../src';
import { busyboxOf } from '../src/engine-contract/busybox';

let folder: string;
let registry: RealRegistry | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interop-test-'));
  if (whyNoRegistry() !== undefined) return;
  registry = await startRegistry();
  for (const compression of ['zstd', 'gzip'] as const) await pushBusybox(registry.host, compression);
});

afterAll(async () => {
  for (const consumer of consumers) await consumer.cleanup();
  await registry?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(consumers.map((consumer) => [consumer.name, consumer] as const))('%s', (_, consumer) => {
  it('pulls gzip and runs it, with its output and exit code', async (context) => {
    const reason = whyNoRegistry() ?? (await consumer.available());
    if (reason !== undefined) return context.skip(reason);
    const image = `${registry!.host}/busybox:gzip`;
    valueOf(await consumer.pull(image));
    const ran = await consumer.run?.(image, ['sh', '-c', 'echo "I am $(id -u)"; exit 7']);
    if (ran) expect(valueOf(ran)).toMatchObject({ exitCode: 7, stdout: 'I am 1000\n' });
    return;
  });

  it('pulls zstd and runs it, or says that it can not read it', async (context) => {
    const reason = whyNoRegistry() ?? (await consumer.available());
    if (reason !== undefined) return context.skip(reason);
    const image = `${registry!.host}/busybox:zstd`;
    const pulled = await consumer.pull(image);
    expect(pulled.ok).toBe(await consumer.readsZstd());
    const ran = pulled.ok && (await consumer.run?.(image, ['true']));
    if (ran) expect(valueOf(ran).exitCode).toBe(0);
    return;
  });

  it('fails to pull what is not there', async (context) => {
    const reason = whyNoRegistry() ?? (await consumer.available());
    if (reason !== undefined) return context.skip(reason);
    expect(await consumer.pull(`${registry!.host}/busybox:unknown`)).toMatchObject({ ok: false });
    return;
  });
});

/** With other contents for each compression: a program that has a layer does not unpack it again. */
async function pushBusybox(host: string, compression: Compression): Promise<void> {
  const platform = platformOfNode(process.arch)!;
  const tree = join(folder, `tree-${compression}`);
  const busybox = await busyboxOf(platform === 'linux/arm64' ? 'arm64' : 'amd64');
  const script = `mkdir -p "$1/bin" && cp "$2" "$1/bin/busybox" && cd "$1/bin" && echo "$3" > ../compression
    for name in sh id true; do ln -s busybox $name; done`;
  valueOf(await mustRun({ argv: ['sh', '-ec', script, 'sh', tree, busybox, compression] }));
  await chmod(join(tree, 'bin', 'busybox'), 0o755);
  const store = valueOf(await openStore(join(folder, `store-${compression}`)));
  const { layer } = valueOf(
    await writeLayer(valueOf(await filesFromFolder(tree, { mtime: 0 })), { compression, store }),
  );
  const layers = [{ ...layer, kind: 'tool', owner: 'test', buildId: layer.diffId, time: 0 } as const];
  const config = { user: '1000:1000', env: { PATH: '/bin' } };
  const image = valueOf(await assembleImage({ store, platform, layers, config }));
  const layout = join(folder, `layout-${compression}`);
  valueOf(await exportImage(image, { format: 'oci', path: layout }, { store, reference: 'it' }));
  const places = [`oci:${layout}:it`, `docker://${host}/busybox:${compression}`];
  const flags = ['--quiet', '--dest-tls-verify=false'];
  valueOf(await mustRun({ argv: ['skopeo', '--insecure-policy', 'copy', ...flags, ...places] }));
}
