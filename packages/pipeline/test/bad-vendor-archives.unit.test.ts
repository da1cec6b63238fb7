import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ReleaseFormat } from '@image-tooling/model';
import { ARCHIVE_LIMITS } from '@image-tooling/sources';
import { vendorTar, vendorZip, type VendorEntry, type VendorZipEntry } from '@image-tooling/testkit';
import { packed, PROGRAM, shown, take, TOOL, XZ, XZ_ZEROS, ZIP_TOOL } from './vendor-archives';

describe('a bad archive is refused, with the reason', () => {
  const withTool = (...more: VendorEntry[]): Buffer => vendorTar([TOOL, ...more]);
  const zipWith = (...more: VendorZipEntry[]): Buffer => vendorZip([ZIP_TOOL, ...more]);
  const tar = (...more: VendorEntry[]): [ReleaseFormat, Buffer] => ['tar.gz', gzipSync(withTool(...more))];
  const zip = (...more: VendorZipEntry[]): [ReleaseFormat, Buffer] => ['zip', zipWith(...more)];
  const PAGE = '<!DOCTYPE html><html><head><title>Sign in to\n  proceed</title></head></html>';

  const cases: Readonly<Record<string, [ReleaseFormat, Buffer]>> = {
    'name that is there twice': tar({ name: 'tool', content: 'other' }),
    'name that is there twice, in a zip': zip({ name: './tool', content: 'other', mode: 0o100755 }),
    'sparse file': tar({ name: 'sparse', flag: 'S' }),
    'wrong checksum': ['zip', vendorZip([{ ...ZIP_TOOL, crc: 1 }])],
    'size that is not the content’s': ['zip', vendorZip([{ ...ZIP_TOOL, size: 5 }])],
    'two names of one entry': zip({ name: 'a', localName: 'b', content: 'x' }),
    'entries that share bytes': zip({ ...ZIP_TOOL, overlaps: true }),
    'zip that is cut off': ['zip', zipWith().subarray(0, -10)],
    'zip with bytes behind it': ['zip', Buffer.concat([zipWith(), Buffer.from('more')])],
    'tar that is cut off': ['tar', withTool().subarray(0, 700)],
    'tar without an end': ['tar', withTool().subarray(0, 1024)],
    'tar with bytes behind it': ['tar', Buffer.concat([withTool(), Buffer.from('more'.repeat(128))])],
    'gz that is cut off': ['tar.gz', gzipSync(withTool()).subarray(0, -12)],
    'gz with bytes behind it': ['tar.gz', Buffer.concat([gzipSync(withTool()), Buffer.from('more')])],
    'gz with a wrong checksum': ['tar.gz', altered(gzipSync(withTool()), -8)],
    'xz that is cut off': ['tar.xz', XZ.subarray(0, -20)],
    'xz with bytes behind it': ['tar.xz', Buffer.concat([XZ, Buffer.from('more')])],
    'xz that was altered': ['tar.xz', altered(XZ, 60)],
    'zst that is cut off': ['tar.zst', packed('zstd', withTool()).subarray(0, -9)],
    'zst with bytes behind it': ['tar.zst', Buffer.concat([packed('zstd', withTool()), Buffer.from('more')])],
    'zst that was altered': ['zst', altered(packed('zstd', withTool()), -2)],
    // Magic number, no content size, a window of 2³⁰ bytes; one raw block of one byte (RFC 8878, section
    // 3.1.1).
    'zst that asks for a gigabyte of memory': ['zst', Buffer.from('28b52ffd00a009000078', 'hex')],
    'header that was altered': ['tar', altered(withTool(), 110)],
    'zip where a tar.gz is expected': ['tar.gz', zipWith()],
    'program where an archive is expected': ['tar.xz', Buffer.from('\x7fELF\x02\x01\x01')],
    'empty file': ['tar.gz', Buffer.alloc(0)],
    'web page': ['tar.gz', Buffer.from(PAGE)],
    'web page in place of a program': ['binary', Buffer.from(`\n${PAGE}`)],
    'nothing of that name': ['tar', vendorTar([{ name: 'x/tool', content: 'x' }, { name: 'x/readme' }])],
    'nothing of a name like that': ['tar', vendorTar([{ name: 'readme' }, { name: 'program' }])],
    'nothing at all': ['tar', vendorTar([])],
    'links in a circle': [
      'tar',
      vendorTar([
        { name: 'tool', flag: '2', link: 'b' },
        { name: 'b', flag: '2', link: 'tool' },
      ]),
    ],
  };

  it.each(Object.entries(cases))('%s', async (_, [format, bytes]) => {
    const result = await take(format, bytes);
    expect(result.ok).toBe(false);
    expect(await shown(result)).toMatchSnapshot();
  });

  it('folder with a link to what is not taken', async () => {
    const bytes = vendorTar([
      { name: 'a/link', flag: '2', link: '../b' },
      { name: 'b/x', content: 'x' },
    ]);
    expect(await shown(await take('tar', bytes, { files: { a: 'lib/a' } }))).toMatchInlineSnapshot(
      `"[archive-format] tool_1.0.0_amd64.tar holds the link "a/link" to "../b", which is not taken."`,
    );
  });

  it('two files for one place', async () => {
    const bytes = vendorTar([TOOL, { name: 'a/tool', content: 'x' }]);
    const files = { tool: 'bin/tool', a: 'bin' };
    expect(await shown(await take('tar', bytes, { files }))).toMatchInlineSnapshot(
      `"[archive-format] tool_1.0.0_amd64.tar gives two files for "bin/tool"."`,
    );
  });
});

describe('an entry that is never taken', () => {
  const BIN = { name: 'bin/tool', content: PROGRAM, mode: 0o755 };
  const tar = (...more: VendorEntry[]): [ReleaseFormat, Buffer] => ['tar', vendorTar([BIN, ...more])];
  const zip = (...more: VendorZipEntry[]): [ReleaseFormat, Buffer] => [
    'zip',
    vendorZip([{ ...BIN, mode: 0o100755 }, ...more]),
  ];
  const [wanted, other] = ['bin', 'docs'].map((folder): Record<string, [ReleaseFormat, Buffer]> => ({
    'name that leaves the archive': tar({ name: `../../${folder}/x`, content: 'x' }),
    'name that leaves the archive, in a zip': zip({ name: `a/../../${folder}/x`, content: 'x' }),
    'absolute name': tar({ name: `/${folder}/x`, content: 'x' }),
    'absolute name, in a zip': zip({ name: `/${folder}/x`, content: 'x' }),
    'name of Windows, in a zip': zip({ name: `C:\\${folder}\\x`, content: 'x' }),
    'name with a line feed': tar({ name: `${folder}/a\nb`, content: 'x' }),
    'name that is not UTF-8': tar({ name: `${folder}/caf\u00e9`, latin1: true, content: 'x' }),
    'name of a whiteout': tar({ name: `${folder}/.wh.sh`, content: 'x' }),
    'name below a whiteout': zip({ name: `${folder}/.wh..wh..opq/x`, content: 'x' }),
    'name that is too long': tar({ name: `${folder}/${'x/'.repeat(3000)}` }),
    'link out of the archive': tar({ name: `${folder}/link`, flag: '2', link: '../../etc/passwd' }),
    'link out of the archive, in a zip': zip({ name: `${folder}/link`, content: '../../x', mode: 0o120777 }),
    'link to an absolute path': tar({ name: `${folder}/link`, flag: '2', link: '/etc/passwd' }),
    'hard link out of the archive': tar({ name: `${folder}/link`, flag: '1', link: '../x' }),
    'hard link to an absolute path': tar({ name: `${folder}/link`, flag: '1', link: '/etc/passwd' }),
    'file below a link': tar({ name: 'dir', flag: '2', link: folder }, { name: 'dir/x', content: 'x' }),
    'file below a file': tar({ name: `${folder}/x`, content: 'x' }, { name: `${folder}/x/y`, content: 'x' }),
    device: tar({ name: `${folder}/sda`, flag: '4' }),
    'device in a zip': zip({ name: `${folder}/sda`, mode: 0o060644 }),
    'name that is there twice': tar(...['a', 'b'].map((content) => ({ name: `${folder}/x`, content }))),
    'encrypted entry': zip({ name: `${folder}/secret`, content: 'x', encrypted: true }),
    'entry that is compressed by an unknown method': zip({ name: `${folder}/x`, content: 'x', method: 14 }),
    'many bad entries': tar(...[1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `${folder}/p${n}`, flag: '6' }))),
  }));

  it.each(Object.entries(wanted ?? {}))(
    'refuses the archive if it is wanted: %s',
    async (_, [format, bytes]) => {
      expect(await shown(await take(format, bytes, { files: { bin: 'bin' } }))).toMatchSnapshot();
    },
  );

  it.each(Object.entries(other ?? {}))(
    'is left out with a warning otherwise: %s',
    async (_, [format, bytes]) => {
      const notes: string[] = [];
      const note = (line: string): unknown => notes.push(line);
      expect(await shown(await take(format, bytes, { files: { bin: 'bin' }, note }))).toBe(
        `bin/\nbin/tool 0755 ${JSON.stringify(PROGRAM)}`,
      );
      expect(notes.join('\n')).toMatchSnapshot();
    },
  );

  it('is a duplicate licence, and no other', async () => {
    const licences = ['one', 'two'].map((content) => ({ name: 'LICENSE', content }));
    const bytes = vendorTar([TOOL, ...licences, { name: 'NOTICE', content: 'mine' }]);
    expect(await shown(await take('tar', bytes))).toBe(
      `bin/tool 0755 ${JSON.stringify(PROGRAM)}\nlicence NOTICE mine`,
    );
  });

  it('refuses the archive if a link points to it, or it is above what is wanted', async () => {
    const twice = ['a', 'b'].map((content) => ({ name: 'real', content }));
    const linked = vendorTar([{ name: 'tool', flag: '2', link: 'real' }, ...twice]);
    expect(await shown(await take('tar', linked))).toContain('"real", which is there twice');
    const above = vendorTar([BIN, { name: 'bin', flag: '2', link: '/usr/bin' }]);
    expect(await shown(await take('tar', above, { files: { 'bin/tool': 'bin/tool' } }))).toContain(
      '"bin", which is a link to the absolute path "/usr/bin"',
    );
  });
});

describe('a bomb', () => {
  const limits = { ...ARCHIVE_LIMITS, ratioFromBytes: 100_000 };
  const zeros = Buffer.alloc(1_000_000);

  it.each<[ReleaseFormat, Buffer]>([
    ['tar.gz', gzipSync(vendorTar([{ name: 'tool', content: zeros }]))],
    ['tar.xz', XZ_ZEROS],
    ['gz', gzipSync(zeros)],
    ['xz', packed('xz', zeros)],
    ['zst', packed('zstd', zeros)],
    ['tar.zst', packed('zstd', vendorTar([{ name: 'tool', content: zeros }]), '--no-content-size')],
    ['zip', vendorZip([{ name: 'tool', content: zeros }])],
  ])('in a %s is refused before it fills the disk', async (format, bytes) => {
    const result = await take(format, bytes, { limits });
    expect(await shown(result)).toMatch(
      /^\[too-large\] tool_1\.0\.0_amd64\.\S+ unpacks to more than \d+ bytes from an archive of \d+ bytes\.$/,
    );
  });

  it('of entries is refused', async () => {
    const entries = [1, 2, 3, 4].map((n) => ({ name: `f${n}` }));
    const few = { limits: { ...limits, entries: 3 } };
    expect(await shown(await take('tar', vendorTar(entries), few))).toContain('more than 3 entries');
    expect(await shown(await take('zip', vendorZip(entries), few))).toContain('more than 3 entries');
  });

  it('with a wrong size is detected while it is unpacked', async () => {
    const result = await take('zip', vendorZip([{ name: 'tool', content: zeros, size: 10 }]), { limits });
    expect(await shown(result)).toContain('"tool", which is damaged');
  });
});

function altered(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const index = at < 0 ? copy.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ 0xff;
  return copy;
}
