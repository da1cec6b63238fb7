import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileEntry } from '@image-tooling/layer';
import { codesOf, failuresOf, temporaryFolder } from '@image-tooling/testkit/helpers';
import { checkInstalledNames, filesFromFolder } from '../src';

describe('names that layers reserve', () => {
  it('are refused in a rootfs, and below such a folder', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.wh..wh..opq'));
    for (const name of ['.wh.passwd', '.wh..wh..opq/x', 'a.wh.b']) writeFileSync(join(folder, name), '');
    const result = await filesFromFolder(folder, { mtime: 0 });
    const messages = failuresOf(result).map(({ message }) => message.replace(folder, 'rootfs'));
    expect(messages.map((message) => message.split(' ')[0])).toEqual([
      'rootfs/.wh..wh..opq',
      'rootfs/.wh..wh..opq/x',
      'rootfs/.wh.passwd',
    ]);
    expect(codesOf(result)).toEqual(['rootfs', 'rootfs', 'rootfs']);
  });

  it("are refused in packages, by dpkg's lists: removals look the same", async () => {
    const list = (name: string, ...paths: string[]) =>
      fileEntry(`var/lib/dpkg/info/${name}.list`, paths.map((path) => `${path}\n`).join(''));
    const removal = fileEntry('etc/.wh.gone', '');
    const good = [removal, list('good:amd64', '/.', '/etc/a.wh.x', '/usr')];
    expect((await checkInstalledNames(good)).ok).toBe(true);
    const result = await checkInstalledNames([...good, list('bad', '/usr', '/usr/.wh.x')]);
    expect(failuresOf(result)).toMatchObject([
      {
        code: 'archive-format',
        message: 'The package bad contains the file "/usr/.wh.x": in a layer that name removes another file.',
      },
    ]);
  });
});
