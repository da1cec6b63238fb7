import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import {
  cleanFailures,
  mutatedJson,
  mutatedValues,
  type FuzzTarget,
  type WatchedFolder,
} from '@image-tooling/testkit/fuzz';
import { SILENT } from '@image-tooling/testkit/helpers';
import { checkAll } from '../src/check';

const REPOSITORY = join(__dirname, '../../..');
const FILES = [
  'nx.json',
  'images/archive.lock.json',
  'images/base/image.json',
  'images/base/lock.json',
  'images/buildx/image.json',
  'images/buildx/lock.json',
  'tools/dagger/tool.json',
  'tools/dagger/lock.json',
];

interface Case {
  readonly file: string;
  readonly text: string;
}

const progress = SILENT;

/** Workspaces with one file changed: all is planned that can be read. */
export async function workspaceTarget(folder: WatchedFolder): Promise<FuzzTarget<Case>> {
  const texts = await Promise.all(FILES.map((file) => readFile(join(REPOSITORY, file), 'utf8')));
  const cases = FILES.map((file, at) =>
    fc
      .oneof({ weight: 4, arbitrary: mutatedValues([texts[at] ?? '']) }, mutatedJson([texts[at] ?? '']))
      .map((text) => ({ file, text })),
  );
  return {
    name: 'workspaces',
    runs: 60,
    values: fc.oneof(...cases),
    show: ({ file, text }) => `${file}: ${JSON.stringify(text)}`,
    check: async ({ file, text }) => {
      try {
        await checkWorkspace(folder.path, texts, file, text);
      } finally {
        await folder.check();
      }
    },
  };
}

async function checkWorkspace(
  root: string,
  texts: readonly string[],
  changed: string,
  text: string,
): Promise<void> {
  for (const [at, file] of FILES.entries()) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), file === changed ? text : (texts[at] ?? ''));
  }
  await cp(join(REPOSITORY, 'images/base/rootfs'), join(root, 'images/base/rootfs'), { recursive: true });
  const context = { signal: new AbortController().signal, progress };
  const checked = await checkAll({ root, env: { IMAGE_STORE: join(root, 'store') }, context });
  cleanFailures(checked);
  const [first, ...rest] = checked.ok ? checked.value.failures : [];
  if (first) cleanFailures({ ok: false, failures: [first, ...rest] });
}
