import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { TarError, writeHeader } from '../src/tar/blocks';
import { readRecords, writeRecords } from '../src/tar/records';
import { rewriteTar, type Rewritten, type TarEntry } from '../src/tar/rewrite';
import { layerToOverlay, overlayToLayer } from '../src/tar/whiteouts';

const OPAQUE = new Map([['SCHILY.xattr.user.overlay.opaque', 'y']]);
const END = Buffer.alloc(1024);
const folder = (name: string): Buffer => writeHeader({ name: `${name}/`, type: '5', mode: 0o750 });
const file = (name: string): Buffer => writeHeader({ name, type: '0', mode: 0o644 });
const device = (name: string): Buffer => writeHeader({ name, type: '3', mode: 0 });
const none = { untouched: new Set<string>(), known: new Set<string>() };

async function rewritten(
  blocks: readonly Buffer[],
  rewrite: (entry: TarEntry) => Rewritten,
  chunk = 700,
): Promise<Buffer> {
  const whole = Buffer.concat(blocks);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += chunk) yield whole.subarray(at, at + chunk);
  }
  const out: Buffer[] = [];
  for await (const piece of rewriteTar(chunks(), rewrite)) out.push(piece);
  return Buffer.concat(out);
}

/** GNU tar's own view: type, mode and name. */
function listed(tar: Buffer): string[] {
  const lines = execFileSync('tar', ['-tvf', '-'], { input: tar, encoding: 'utf8' }).trim();
  return lines === '' ? [] : lines.split('\n').map((line) => line.replace(/^(\S+) .* (\S+)$/, '$1 $2'));
}

describe('rewriteTar', () => {
  const keep = (entry: TarEntry): Rewritten => ({ blocks: [entry.raw], withData: true });

  it.each([1, 511, 512, 513, 100_000])(
    'passes an archive through unchanged, in chunks of %i bytes',
    async (chunk) => {
      const archive = execFileSync('tar', ['-cf', '-', '--format=posix', '-C', __dirname, '.']);
      const out = await rewritten([archive], keep, chunk);
      expect(listed(out)).toEqual(listed(archive));
    },
  );

  it.each([
    ['nothing at all', []],
    ['an archive without its end', [file('a')]],
    ['half a header', [file('a').subarray(0, 100)]],
    ['a header without its data', [writeHeader({ name: 'a', type: '0', mode: 0, size: 10 })]],
    ['a wrong checksum', [Buffer.from(file('a').map((byte, at) => (at === 0 ? 66 : byte))), END]],
  ])('fails on %s', async (_, blocks) => {
    await expect(rewritten(blocks, keep)).rejects.toThrow(TarError);
  });
});

describe('PAX records', () => {
  it.each([1, 85, 88, 89, 90, 91, 92, 985, 990, 9990])('keep a value of %i bytes', (length) => {
    const records = new Map([['path', '\xff'.repeat(length)]]);
    const written = writeRecords(records);
    expect(
      readRecords(written.subarray(512, 512 + Number.parseInt(written.toString('latin1', 124, 136), 8))),
    ).toEqual(records);
  });
});

describe('layerToOverlay', () => {
  const rewrite = () => layerToOverlay('user.overlay.opaque');

  it('turns whiteouts into devices, and leaves other devices out', async () => {
    const out = await rewritten([file('a/.wh.gone'), device('dev/null'), file('a/kept'), END], rewrite());
    expect(listed(out)).toEqual(['c--------- a/gone', '-rw-r--r-- a/kept']);
  });

  it('marks an opaque folder by an attribute, and keeps its mode', async () => {
    const out = await rewritten([folder('a'), file('a/.wh..wh..opq'), END], rewrite());
    expect(listed(out)).toEqual(['drwxr-x--- a/', 'drwxr-x--- a/']);
    expect(out.toString('latin1')).toContain('SCHILY.xattr.user.overlay.opaque=y');
  });
});

describe('overlayToLayer', () => {
  it('turns devices into whiteouts, also where the name gets too long for the header', async () => {
    const long = 'n'.repeat(98);
    const out = await rewritten([device('a/gone'), device(long), END], overlayToLayer(none));
    expect(listed(out)).toEqual(['---------- a/.wh.gone', `---------- .wh.${long}`]);
  });

  it('writes a marker for an opaque folder that hides one below, and no attribute', async () => {
    const below = { ...none, known: new Set(['a']) };
    const out = await rewritten([writeRecords(OPAQUE), folder('a'), END], overlayToLayer(below));
    expect(listed(out)).toEqual(['drwxr-x--- a/', '---------- a/.wh..wh..opq']);
    expect(out.toString('latin1')).not.toContain('overlay');
  });

  it('writes none for a folder that hides nothing, whatever fuse-overlayfs says', async () => {
    const blocks = [writeRecords(OPAQUE), folder('a'), file('a/.wh..wh..opq'), device('a/.wh..opq'), END];
    expect(listed(await rewritten(blocks, overlayToLayer(none)))).toEqual(['drwxr-x--- a/']);
  });

  it('leaves untouched folders out, but never an opaque one', async () => {
    const below = { untouched: new Set(['a', 'b']), known: new Set(['a', 'b']) };
    const out = await rewritten([folder('a'), writeRecords(OPAQUE), folder('b'), END], overlayToLayer(below));
    expect(listed(out)).toEqual(['drwxr-x--- b/', '---------- b/.wh..wh..opq']);
  });
});
