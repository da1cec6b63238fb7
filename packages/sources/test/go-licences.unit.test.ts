import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { collectLicences } from '../src/go/build/licences';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'go-licences-'));
  const files = [
    'm/LICENSE',
    'm/NOTICE.txt',
    'm/README.md',
    'm/license.go',
    'm/linked/COPYING.LESSER',
    'm/linked/deep/main.go',
    'm/unlinked/LICENSE',
    'toolchain/LICENSE',
  ];
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), file);
  }
});

afterEach(() => rm(root, { recursive: true }));

const toolchain = () => ({ root, version: '1.27.3', licences: join(root, 'toolchain') });

it('takes the licences of a module, of its linked packages and the folders above them, and of Go itself', async () => {
  const modules = [
    {
      path: 'example.invalid/m',
      version: 'v1.0.0',
      folder: join(root, 'm'),
      packages: [join(root, 'm/linked/deep')],
    },
  ];
  const result = await collectLicences(modules, toolchain());
  expect(
    result.ok && result.value.map(({ path, content }) => [path, Buffer.from(content).toString()]),
  ).toEqual([
    ['example.invalid/m@v1.0.0/LICENSE', 'm/LICENSE'],
    ['example.invalid/m@v1.0.0/NOTICE.txt', 'm/NOTICE.txt'],
    ['example.invalid/m@v1.0.0/linked/COPYING.LESSER', 'm/linked/COPYING.LESSER'],
    ['go@1.27.3/LICENSE', 'toolchain/LICENSE'],
  ]);
});

it('fails when a module is missing in the cache', async () => {
  const modules = [{ path: 'a', version: 'v1', folder: join(root, 'gone'), packages: [] }];
  const result = await collectLicences(modules, toolchain());
  expect(!result.ok && result.failures[0].code).toBe('io');
});
