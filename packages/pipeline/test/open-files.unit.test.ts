import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { allowFewFiles } from '@image-tooling/testkit';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { imageFiles } from '../src/build/files-layer';
import { takeInventory } from '../src/store/inventory';
import { putImage, putLayer, scratchStore } from './store/scratch';

it('a rootfs of many files is read with a low limit of open files', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'a/rootfs'), { recursive: true });
  for (let at = 0; at < 2000; at++) writeFileSync(join(root, 'a/rootfs', `file-${at}`), String(at));
  onTestFinished(allowFewFiles());
  const definition = { files: 'rootfs', modes: {}, directories: [] };
  const files = valueOf(await imageFiles(root, { folder: 'a', definition }, []));
  expect(files?.entries).toHaveLength(2000);
});

it('all of a large store is read with a low limit of open files', async () => {
  const run = await scratchStore();
  for (let at = 0; at < 500; at++) valueOf(await run.store.putBlobFromBytes(Buffer.from(`{"n":${at}}`)));
  await putImage(run.store, 'base', [await putLayer(run.store, 'files', 'base', 'text')]);
  onTestFinished(allowFewFiles());
  const { images, builds } = await takeInventory(run.store);
  expect(images.map(({ name }) => name)).toEqual(['base']);
  expect(builds.every(({ layer }) => layer !== undefined)).toBe(true);
});
