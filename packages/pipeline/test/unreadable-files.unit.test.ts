import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readWorkspace, type Digest } from '@image-tooling/model';
import { failuresOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { imageFiles } from '../src/build/files-layer';
import { listStore, pruneStore, storeUsage, type StoreRun } from '../src/store';
import { workspaceFiles } from '../src/workspace/load';
import { ageAll, putImage, putLayer, scratchStore } from './store/scratch';

/** Runs work with the rights of a user who may not read everything: root may. */
async function withFewRights<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.('nobody');
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

it('all unreadable files and folders of a rootfs are reported', async () => {
  const root = temporaryFolder();
  const folder = join(root, 'app');
  chmodSync(root, 0o755);
  for (const [path, mode] of [
    ['', 0o755],
    ['rootfs', 0o755],
    ['rootfs/closed', 0],
    ['rootfs/open', 0o755],
  ] as const) {
    mkdirSync(join(folder, path), { recursive: true });
    chmodSync(join(folder, path), mode);
  }
  for (const name of ['a', 'b']) writeFileSync(join(folder, 'rootfs/open', name), name, { mode: 0o200 });
  const definition = { files: 'rootfs', modes: {}, directories: [] };
  const read = () => withFewRights(() => imageFiles(root, { folder: 'app', definition }, []));
  const closed = failuresOf(await read());
  expect(closed.map(({ message }) => message)).toEqual([
    `${folder}/rootfs/closed can't be read: permission denied.`,
  ]);
  rmSync(join(folder, 'rootfs/closed'), { recursive: true });
  const failures = failuresOf(await read());
  expect(failures.map(({ message }) => message)).toEqual(
    ['a', 'b'].map((name) => `${folder}/rootfs/open/${name} can't be read: permission denied.`),
  );
  expect(failures[0].hint).toContain('chmod');
});

it('an unreadable folder of images is a mistake, not empty', async () => {
  const root = temporaryFolder();
  symlinkSync('images', join(root, 'images'));
  const folders = { imagesDir: 'images', toolsDir: 'tools' };
  const failures = failuresOf(readWorkspace(await workspaceFiles(root, folders)));
  expect(failures.map(({ message }) => message)).toEqual([
    "images can't be read: it is a symbolic link to itself.",
  ]);
});

describe('an unreadable workspace that uses the store', () => {
  const SPOILT: [string, (root: string, output: string) => void][] = [
    [
      'with a folder for an nx.json',
      (root) => {
        rmSync(join(root, 'nx.json'));
        mkdirSync(join(root, 'nx.json'));
      },
    ],
    ['with a broken nx.json', (root) => writeFileSync(join(root, 'nx.json'), '{')],
    ['with a pipe for a lock', (root) => execFileSync('mkfifo', [join(root, 'images/base/lock.json')])],
    ['with a folder for a definition', (root) => mkdirSync(join(root, 'images/base/image.json'))],
    ['with a folder for an output', (_, output) => mkdirSync(join(output, 'layers.json'))],
  ];

  it.each(SPOILT)(
    '%s does not stop ls and du, and keeps a prune from removing anything',
    async (_, spoil) => {
      const run = await scratchStore();
      const { manifestDigest } = await putImage(run.store, 'base', [
        await putLayer(run.store, 'files', 'base', 'text'),
      ]);
      const { root, output } = workspaceWith(manifestDigest);
      spoil(root, output);
      ageAll(run.store.root, 40);
      valueOf(await run.store.recordUser(root));
      const { notes, context } = noted(run);
      expect((await listStore({ ...run, context })).workspaces).toEqual([root]);
      expect(valueOf(await storeUsage({ ...run, context })).length).toBeGreaterThan(0);
      expect(notes.length).toBeGreaterThanOrEqual(2);
      expect(
        new Set(notes.map((line) => line.startsWith(`Unknown what the workspace ${root} needs: `))),
      ).toEqual(new Set([true]));
      const before = readdirSync(join(run.store.root, 'blobs/sha256'));
      const [failure] = failuresOf(await pruneStore(run, { keepDays: 30, go: false, apply: true }));
      expect(failure.message).toContain(root);
      expect(readdirSync(join(run.store.root, 'blobs/sha256'))).toEqual(before);
    },
  );
});

function noted({ context }: StoreRun): { notes: string[]; context: StoreRun['context'] } {
  const notes: string[] = [];
  const progress = { ...context.progress, note: (line: string) => void notes.push(line) };
  return { notes, context: { ...context, progress } };
}

function workspaceWith(manifest: Digest): { root: string; output: string } {
  const root = temporaryFolder();
  const output = join(root, 'images/base/dist/linux-amd64');
  mkdirSync(output, { recursive: true });
  writeFileSync(join(root, 'nx.json'), '{}');
  writeFileSync(join(output, 'digest.json'), JSON.stringify({ manifest }));
  return { root, output };
}
