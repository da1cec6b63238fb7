import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { directoryEntry, fileEntry, readTarBytes, rewriteTar, writeTarBytes } from '@image-tooling/layer';
import type { Rewritten, TarEntry } from '@image-tooling/layer';
import { layerToAdd, layerToOverlay, overlayToLayer, withoutPaths } from '../src/layers/rewrites';

const OPAQUE = new Map([['user.overlay.opaque', Buffer.from('y')]]);
const folder = (path: string, xattrs?: TarEntry['xattrs']): TarEntry =>
  directoryEntry(path, { mode: 0o750, ...(xattrs && { xattrs }) });
const file = (path: string): TarEntry => fileEntry(path, '');
const device = (path: string): TarEntry => ({
  ...fileEntry(path, '', { mode: 0 }),
  type: 'char',
  device: { major: 0, minor: 0 },
});
const none = { untouched: new Set<string>(), known: new Set<string>() };

async function rewritten(
  entries: readonly TarEntry[],
  rewrite: (entry: TarEntry) => Rewritten,
  chunk = 700,
): Promise<Buffer> {
  const whole = await writeTarBytes(entries);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < whole.length; at += chunk) yield whole.subarray(at, at + chunk);
  }
  const out: Buffer[] = [];
  for await (const piece of rewriteTar(chunks(), 'a.tar', rewrite)) out.push(piece);
  return Buffer.concat(out);
}

/** GNU tar's own view: type, mode and name. */
function listed(tar: Buffer): string[] {
  const lines = execFileSync('tar', ['-tvf', '-'], { input: tar, encoding: 'utf8' }).trim();
  return lines === '' ? [] : lines.split('\n').map((line) => line.replace(/^(\S+) .* (\S+)$/, '$1 $2'));
}

describe('layerToOverlay', () => {
  const rewrite = () => layerToOverlay('user.overlay.opaque');

  it('turns whiteouts into devices, and leaves other devices out', async () => {
    const out = await rewritten([file('a/.wh.gone'), device('dev/null'), file('a/kept')], rewrite());
    expect(listed(out)).toEqual(['c--------- a/gone', '-rw-r--r-- a/kept']);
  });

  it('marks an opaque folder by an attribute, and keeps its mode', async () => {
    const out = await rewritten([folder('a'), file('a/.wh..wh..opq')], rewrite());
    expect(listed(out)).toEqual(['drwxr-x--- a/', 'drwxr-x--- a/']);
    expect(out.toString('latin1')).toContain('SCHILY.xattr.user.overlay.opaque=y');
  });
});

describe('overlayToLayer', () => {
  it('turns devices into whiteouts, also where the name gets too long for the header', async () => {
    const long = 'n'.repeat(98);
    const out = await rewritten([device('a/gone'), device(long)], overlayToLayer(none));
    expect(listed(out)).toEqual(['---------- a/.wh.gone', `---------- .wh.${long}`]);
  });

  it('writes a marker for an opaque folder that hides one below, and no attribute', async () => {
    const below = { ...none, known: new Set(['a']) };
    const out = await rewritten([folder('a', OPAQUE)], overlayToLayer(below));
    expect(listed(out)).toEqual(['drwxr-x--- a/', '---------- a/.wh..wh..opq']);
    expect(out.toString('latin1')).not.toContain('overlay');
  });

  it('writes none for a folder that hides nothing, whatever fuse-overlayfs says', async () => {
    const entries = [folder('a', OPAQUE), file('a/.wh..wh..opq'), device('a/.wh..opq')];
    expect(listed(await rewritten(entries, overlayToLayer(none)))).toEqual(['drwxr-x--- a/']);
  });

  it('leaves untouched folders out, but never an opaque one', async () => {
    const below = { untouched: new Set(['a', 'b']), known: new Set(['a', 'b']) };
    const out = await rewritten([folder('a'), folder('b', OPAQUE)], overlayToLayer(below));
    expect(listed(out)).toEqual(['drwxr-x--- b/', '---------- b/.wh..wh..opq']);
  });
});

describe('what a step changed', () => {
  it('keeps owners, modes, setuid, hard links and capabilities, and loses other attributes', async () => {
    const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
    const xattrs = new Map([
      ['security.capability', capability],
      ['security.selinux', Buffer.from('label')],
      ['user.overlay.origin', Buffer.from('x')],
    ]);
    const ping = fileEntry('bin/ping', 'ping', { mode: 0o4755, uid: 7, gid: 4_000_000, mtime: 5, xattrs });
    const link = { ...fileEntry('bin/ping4', ''), type: 'hardlink', linkTarget: 'bin/ping' } as const;
    const kept = { ...ping, xattrs: new Map([['security.capability', capability]]) };
    for (const rewrite of [overlayToLayer(none), withoutPaths(() => false)]) {
      const out = await rewritten([ping, link, device('bin/gone')], rewrite);
      const [first, second, third] = await entriesOf(out);
      expect({ ...first, content: ping.content }).toEqual({ ...kept, content: ping.content });
      expect(second).toMatchObject({ type: 'hardlink', linkTarget: 'bin/ping' });
      expect(third?.path).toMatch(/^bin\/(\.wh\.)?gone$/);
      expect(out.toString('latin1')).toContain('ping');
    }
  });

  it('is added to an engine without whiteouts, which differ from leftovers of AUFS', async () => {
    const hidden: string[] = [];
    const entries = ['a/.wh..wh..opq', 'b/.wh.gone', '.wh..wh.plnk', 'c'].map(file);
    const out = await rewritten([folder('a'), ...entries, device('dev/null')], layerToAdd(hidden));
    expect(hidden).toEqual(['a', 'b/gone']);
    expect((await entriesOf(out)).map(({ path }) => path)).toEqual(['a', 'c']);
  });
});

async function entriesOf(tar: Buffer): Promise<readonly TarEntry[]> {
  const read = await readTarBytes(tar, { name: 'a.tar' });
  if (!read.ok) throw new Error(read.failures[0].message);
  return read.value;
}
