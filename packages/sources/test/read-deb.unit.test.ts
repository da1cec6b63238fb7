import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDeb, vendorTar, writeAr } from '@image-tooling/testkit';
import { readDeb } from '../src';
import { shown } from './support';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'deb-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('readDeb', () => {
  const fixture = {
    name: 'tool',
    version: '1:2.0-3',
    depends: 'libc6 (>= 2.41)',
    files: { 'usr/bin/tool': { content: 'x'.repeat(100_000), mode: 0o755 }, 'etc/tool.conf': 'a = b\n' },
    conffiles: ['/etc/tool.conf'],
    scripts: { postinst: 'echo configured' },
  } as const;

  async function read(bytes: Buffer, sha256?: string) {
    await writeFile(join(folder, 'tool.deb'), bytes);
    const request = {
      file: join(folder, 'tool.deb'),
      name: 'tool 1:2.0-3 (all)',
      plainTo: join(folder, 'plain.deb'),
    };
    return readDeb({ ...request, ...(sha256 !== undefined && { sha256 }) });
  }

  it.each(['xz', 'gz', 'zst', 'none'] as const)(
    'reads a package that is compressed with %s',
    async (packing) => {
      const result = await read(await buildDeb({ ...fixture, packing }));
      if (!result.ok) throw new Error(shown(result));
      const { control, controlFiles, controlText, data } = result.value;
      expect([control.get('package'), control.get('depends')]).toEqual(['tool', 'libc6 (>= 2.41)']);
      expect(controlText).toMatch(/^Package: tool\n/);
      expect([...controlFiles.keys()].sort()).toEqual(['conffiles', 'control', 'md5sums', 'postinst']);
      expect(controlFiles.get('postinst')?.toString()).toContain('echo configured');
      const plain = await readFile(join(folder, 'plain.deb'));
      const input = plain.subarray(data.offset, data.offset + data.length);
      const listing = execFileSync('tar', ['--numeric-owner', '-tv'], { input, encoding: 'utf8' });
      expect(listing).toMatch(/-rwxr-xr-x 0\/0 +100000 .* \.\/usr\/bin\/tool\n/);
    },
  );

  it.each([fixture, { ...fixture, version: '1:2.0-3+odd', packing: 'none' as const }])(
    'writes the same package uncompressed, which dpkg-deb accepts ($version)',
    async (made) => {
      await read(await buildDeb(made));
      const [packed, plain] = ['tool.deb', 'plain.deb'].map((name) => dpkgDeb(join(folder, name)));
      if (plain === undefined) console.warn('skipped: this machine has no dpkg-deb');
      else expect(plain).toEqual(packed);
    },
  );

  it('that is truncated', async () => {
    const bytes = await buildDeb(fixture);
    expect(shown(await read(bytes.subarray(0, bytes.length - 200)))).toMatchInlineSnapshot(`
      "[archive-format] tool 1:2.0-3 (all) is not a valid Debian package: the member "data.tar.xz" ends after the file.
      -> Its checksum is correct, so the archive has it like this: report it to the operator of the archive."
    `);
  });

  it.each([
    ['xz', 30, 'The xz data is damaged'],
    ['gz', 300, 'incorrect|invalid|unexpected'],
  ] as const)('whose %s data is damaged', async (packing, fromEnd, reason) => {
    const bytes = await buildDeb({ ...fixture, packing });
    bytes.fill(0xff, bytes.length - fromEnd, bytes.length - 10);
    const start = String.raw`^\[archive-format\] tool 1:2\.0-3 \(all\) is not a valid Debian package: "data\.tar`;
    expect(shown(await read(bytes))).toMatch(
      new RegExp(`${start}.${packing}" can't be unpacked\\.\n[^]*(${reason})`),
    );
  });

  it('that is not an ar file', async () => {
    expect(shown(await read(Buffer.from('<html>proxy login</html>')))).toMatchInlineSnapshot(`
      "[archive-format] tool 1:2.0-3 (all) is not a valid Debian package: it is not an ar file.
      -> Its checksum is correct, so the archive has it like this: report it to the operator of the archive."
    `);
  });

  it('that is an ar file without the members of a package', async () => {
    const member = `${'debian-binary'.padEnd(16)}${'0'.padEnd(32)}${'4'.padEnd(10)}\`\n2.0\n`;
    expect(shown(await read(Buffer.from(`!<arch>\n${member}`)))).toMatchInlineSnapshot(`
      "[archive-format] tool 1:2.0-3 (all) is not a valid Debian package: it has no member "control.tar".
      -> Its checksum is correct, so the archive has it like this: report it to the operator of the archive."
    `);
  });

  it('that has changed in the store', async () => {
    const bytes = await buildDeb(fixture);
    expect(shown(await read(bytes, '0'.repeat(64)))).toMatchInlineSnapshot(`
      "[checksum] The file of tool 1:2.0-3 (all) has changed since it was fetched.
      -> Remove it from the store and run the build again, which downloads it.
      expected sha256 SHA256
      got sha256      SHA256"
    `);
  });

  it('that unpacks to far more than its size is refused, in proportion to its size', async () => {
    const control = vendorTar([{ name: './control', content: 'Package: x\nVersion: 1\n' }]);
    const bytes = writeAr([
      { name: 'debian-binary', data: Buffer.from('2.0\n') },
      { name: 'control.tar', data: control },
      { name: 'data.tar.zst', data: zstdBomb(256 * 1024 ** 2) },
    ]);
    await writeFile(join(folder, 'x.deb'), bytes);
    const read = await readDeb({
      file: join(folder, 'x.deb'),
      name: 'x 1 (all)',
      plainTo: join(folder, 'plain'),
    });
    expect(shown(read)).toMatchInlineSnapshot(`
      "[too-large] The package x 1 (all) unpacks to more than 268435456 bytes.
      -> It is damaged or malicious: report it to the operator of the archive."
    `);
  });

  it('whose control.tar is damaged', async () => {
    const control = vendorTar([{ name: './control', content: 'Package: x\nVersion: 1\n' }]);
    control.write('other', 0);
    const bytes = writeAr([
      { name: 'debian-binary', data: Buffer.from('2.0\n') },
      { name: 'control.tar', data: control },
      { name: 'data.tar', data: vendorTar([]) },
    ]);
    expect(shown(await read(bytes))).toMatchInlineSnapshot(`
      "[archive-format] tool 1:2.0-3 (all) is not a valid Debian package: control.tar is damaged.
      -> Its checksum is correct, so the archive has it like this: report it to the operator of the archive.
      control.tar can't be read as a tar: the header checksum is wrong.
      at byte 0, after 0 entries"
    `);
  });

  it("to a path that can't be written", async () => {
    await writeFile(join(folder, 'a.deb'), await buildDeb(fixture));
    const plainTo = join(folder, 'absent/plain.deb');
    const result = await readDeb({ file: join(folder, 'a.deb'), name: 'tool', plainTo });
    expect(result).toMatchObject({ failures: [{ code: 'io' }] });
  });
});

it('dpkg-deb accepts the fixture packages', async () => {
  await writeFile(join(folder, 'tool.deb'), await buildDeb({ name: 'tool', files: { 'usr/bin/tool': 'x' } }));
  const fields = tryDpkg(join(folder, 'tool.deb'));
  if (fields === undefined) console.warn('skipped: this machine has no dpkg-deb');
  else expect(fields).toContain('Package: tool\nVersion: 1.0\nArchitecture: all\n');
});

/** Fields, files and scripts as dpkg-deb sees them; undefined where there is no dpkg-deb. */
function dpkgDeb(file: string): string[] | undefined {
  if (tryDpkg(file) === undefined) return undefined;
  const ask = (...args: string[]) => execFileSync('dpkg-deb', [...args, file]).toString('latin1');
  return [ask('--field'), ask('--contents'), ask('--fsys-tarfile'), ask('--ctrl-tarfile')];
}

function tryDpkg(file: string): string | undefined {
  try {
    return execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A zstd frame of blocks that repeat one byte 128 Ki times each (RFC 8878, section 3.1.1). */
function zstdBomb(bytes: number): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50]);
  const block = Buffer.from([0x02, 0x00, 0x10, 0x78]);
  return Buffer.concat([head, ...Array.from({ length: bytes / (128 * 1024) + 1 }, () => block)]);
}
