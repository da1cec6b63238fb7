import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ReleaseFormat } from '@image-tooling/model';
import { vendorTar, vendorZip, type VendorEntry } from '@image-tooling/testkit';
import { packed, PROGRAM, shown, take, TOOL, XZ } from './vendor-archives';

const PACKED: readonly (readonly [ReleaseFormat, (tar: Buffer) => Buffer])[] = [
  ['tar', (tar) => tar],
  ['tar.gz', (tar) => gzipSync(tar)],
  ['tar.zst', (tar) => packed('zstd', tar)],
];

describe('files of a vendor’s archive', () => {
  const entries: VendorEntry[] = [
    { name: './tool-1.0/', flag: '5', mode: 0o755 },
    { name: './tool-1.0/LICENSE.txt', content: 'do as you like' },
    { name: './tool-1.0/tool', content: PROGRAM, mode: 0o755 },
    { name: './tool-1.0/docs/readme', content: 'read me', mode: 0o600 },
  ];
  const files = { 'tool-1.0/tool': 'bin/tool', 'tool-1.0/docs/readme': 'share/tool/readme' };
  const expected = [
    'bin/tool 0755 "#!/bin/sh\\necho tool 1.0.0\\n"',
    'share/tool/readme 0644 "read me"',
    'licence LICENSE.txt do as you like',
  ].join('\n');

  it.each(PACKED)('are taken out of a %s', async (format, pack) => {
    expect(await shown(await take(format, pack(vendorTar(entries)), { files }))).toBe(expected);
  });

  it('are taken out of a tar.xz', async () => {
    expect(await shown(await take('tar.xz', XZ))).toBe(`bin/tool 0755 ${JSON.stringify(PROGRAM)}`);
  });

  it('are taken out of a zip', async () => {
    const zip = vendorZip(
      entries.map(({ name, content = '', mode = 0o644, flag }) => ({
        name: name.slice(2),
        content,
        mode: (flag === '5' ? 0o040000 : 0o100000) | mode,
      })),
    );
    expect(await shown(await take('zip', zip, { files }))).toBe(expected);
  });

  it('are programs in bin, also in a zip of Windows, which has no modes', async () => {
    const zip = vendorZip([{ name: 'tool', content: PROGRAM }]);
    expect(await shown(await take('zip', zip))).toMatch(/^bin\/tool 0755 /);
  });

  it.each<[ReleaseFormat, Buffer]>([
    ['binary', Buffer.from(PROGRAM)],
    ['gz', gzipSync(PROGRAM)],
    ['xz', packed('xz', Buffer.from(PROGRAM))],
    ['zst', packed('zstd', Buffer.from(PROGRAM))],
  ])('may be one program alone: %s', async (format, bytes) => {
    const files = { 'tool-linux-amd64': 'lib/docker/cli-plugins/tool' };
    expect(await shown(await take(format, bytes, { files }))).toBe(
      'lib/docker/cli-plugins/tool 0755 "#!/bin/sh\\necho tool 1.0.0\\n"',
    );
  });

  it('are the target of a wanted link, also through linked folders', async () => {
    const tar = vendorTar([
      { name: 'real/tool-1', content: PROGRAM, mode: 0o755 },
      { name: 'current', flag: '2', link: 'real' },
      { name: 'tool', flag: '2', link: './current/../current/tool-1' },
      { name: 'other', flag: '1', link: 'real/tool-1' },
    ]);
    const files = { tool: 'bin/a', other: 'bin/b', 'current/tool-1': 'bin/c' };
    const lines = ['a', 'b', 'c'].map((name) => `bin/${name} 0755 ${JSON.stringify(PROGRAM)}`);
    expect(await shown(await take('tar', tar, { files }))).toBe(lines.join('\n'));
  });

  it('may be a folder with its content, with links changed to the new targets', async () => {
    const tar = vendorTar([
      { name: 'node/bin/node', content: 'elf', mode: 0o755 },
      { name: 'node/bin/npm', flag: '2', link: '../lib/npm/cli.js' },
      { name: 'node/bin/readme', flag: '2', link: '../README' },
      { name: 'node/lib/npm/cli.js', content: 'run', mode: 0o755 },
      { name: 'node/lib/npm/cache/', flag: '5' },
      { name: 'node/README', content: 'read me' },
    ]);
    const files = { 'node/bin': 'bin', 'node/lib': 'lib/node' };
    expect(await shown(await take('tar', tar, { files }))).toMatchInlineSnapshot(`
      "bin/
      bin/node 0755 "elf"
      bin/npm -> ../lib/node/npm/cli.js
      bin/readme 0644 "read me"
      lib/node/
      lib/node/npm/cli.js 0755 "run"
      lib/node/npm/cache/"
    `);
  });

  it('may be archives: nested ones are not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(1024 ** 2));
    const files = { 'more.tar.gz': 'share/tool/more.tar.gz' };
    const tar = gzipSync(vendorTar([{ name: 'more.tar.gz', content: bomb }]));
    const taken = await take('tar.gz', tar, { files });
    expect(taken.ok && taken.value.files[0]).toMatchObject({ content: { length: bomb.length } });
  });

  it('may have the longest names of Linux', async () => {
    const name = `${'deep/'.repeat(100)}tool`;
    const tar = vendorTar([{ name, content: PROGRAM }]);
    expect((await take('tar', tar, { files: { [name]: 'bin/tool' } })).ok).toBe(true);
  });
});

it.each([
  ['tar.gz', gzipSync(vendorTar([TOOL]))],
  ['tar.xz', XZ],
  ['tar.zst', packed('zstd', vendorTar([TOOL]))],
] as const)('unpacking a %s ends when the run is stopped', async (format, bytes) => {
  const controller = new AbortController();
  controller.abort();
  const result = await take(format, bytes, { signal: controller.signal });
  expect(await shown(result)).toBe(`[aborted] Stopped while unpacking tool_1.0.0_amd64.${format}.`);
});
