/** A process of its own that writes to a store: `writer <store> <mode> <seed>`. Bundled and run by the tests. */
import { digestOf } from '@image-tooling/model';
import { openStore } from '../../src/store/open';

const [root, mode, seed] = process.argv.slice(2) as [string, 'many' | 'endless', string];
const opened = await openStore(root);
if (!opened.ok) throw new Error(opened.failures[0].message);
const store = opened.value;

async function* endless(): AsyncGenerator<Uint8Array> {
  for (let i = 0; ; i++) {
    if (i === 5) process.stdout.write('writing\n');
    yield Buffer.alloc(100_000, seed);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function many(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    // Half of the blobs are every process's own, half are the same in all.
    const bytes = Buffer.alloc(200_000, i % 2 === 0 ? `same ${i}` : `${seed} ${i}`);
    const put = await store.putBlobFromBytes(bytes, { expected: digestOf(bytes) });
    if (!put.ok) throw new Error(put.failures[0].message);
    const { digest, size } = put.value;
    const layer = { diffId: digest, digest, size, tarSize: size, compression: 'none' } as const;
    const kept = await store.putBuild(digestOf(`build ${i}`), layer, new Map());
    if (!kept.ok) throw new Error(kept.failures[0].message);
    const found = await store.getBuild(digestOf(`build ${i}`));
    if (!found) throw new Error('a record that was written is not there');
  }
}

if (mode === 'endless') await store.putBlobFromStream(endless());
else await many();
