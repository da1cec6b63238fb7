import { describe, expect, it } from 'vitest';
import {
  directoryEntry,
  fileEntry,
  indexPaths,
  missingParents,
  symlinkEntry,
  type TarEntry,
} from '@image-tooling/layer';
import { checkCollisions } from '../src/index';
import type { LayerPaths } from '../src/index';
import type { LayerKind } from '@image-tooling/model';
import { failuresOf } from '@image-tooling/testkit/helpers';

function layer(kind: LayerKind, name: string, ...entries: TarEntry[]): LayerPaths {
  return { kind, name, paths: indexPaths(entries) };
}

const SYSTEM = layer(
  'bootstrap',
  'system',
  symlinkEntry('bin', 'usr/bin'),
  directoryEntry('usr'),
  directoryEntry('usr/bin'),
  fileEntry('usr/bin/ls', 'ls'),
  directoryEntry('opt'),
);

const messages = (...layers: LayerPaths[]) =>
  failuresOf(checkCollisions([SYSTEM, ...layers])).map(({ code, message }) => `${code}: ${message}`);

function expectNone(...layers: LayerPaths[]): void {
  expect(checkCollisions([SYSTEM, ...layers])).toEqual({ ok: true, value: undefined });
}

describe('layers without collisions', () => {
  it('share folders, and apt may replace and remove what the system has', () => {
    expectNone(
      layer(
        'apt',
        'packages',
        fileEntry('usr/bin/ls', 'newer'),
        fileEntry('usr/bin/.wh.ls', ''),
        fileEntry('etc/passwd', ''),
      ),
      layer('tool', 'a', directoryEntry('opt'), fileEntry('opt/a', '')),
      layer('tool', 'b', directoryEntry('opt'), fileEntry('opt/b', '')),
    );
  });

  it('a tool may add a path that a later system layer removed', () => {
    expectNone(
      layer('apt', 'p', fileEntry('usr/bin/.wh.ls', '')),
      layer('tool', 'a', fileEntry('usr/bin/ls', '')),
    );
    expectNone(
      layer('apt', 'p', fileEntry('usr/.wh.bin', '')),
      layer('tool', 'a', fileEntry('usr/bin/ls', '')),
    );
    expectNone(
      layer('apt', 'p', fileEntry('usr/bin/.wh..wh..opq', '')),
      layer('tool', 'a', fileEntry('usr/bin/ls', '')),
    );
  });
});

describe('collisions', () => {
  it('are all found in one run, naming both layers', () => {
    expect(
      messages(
        layer('tool', 'tool a', fileEntry('usr/bin/ls', ''), fileEntry('opt/same', '')),
        layer('tool', 'tool b', fileEntry('opt/same', ''), fileEntry('opt/na\nme', '')),
        layer('files', 'files c', symlinkEntry('opt/na\nme', 'x'), directoryEntry('opt/same')),
      ),
    ).toMatchInlineSnapshot(`
      [
        "collision: /usr/bin/ls comes from two layers: system and tool a.",
        "collision: /opt/same comes from two layers: tool a and tool b.",
        "collision: /opt/na\\x0ame comes from two layers: tool b and files c.",
        "collision: /opt/same comes from two layers: tool b and files c.",
      ]
    `);
  });

  it('are a file over a folder, and a path below a file', () => {
    expect(messages(layer('tool', 'a', fileEntry('opt', '')))).toEqual([
      'collision: /opt comes from two layers: system and a.',
    ]);
    expect(
      messages(layer('tool', 'a', fileEntry('usr/bin/ls/x', ''), fileEntry('usr/bin/ls/y', ''))),
    ).toEqual(['collision: /usr/bin/ls comes from two layers: system and a.']);
  });

  it('are folders in the place of the merged-/usr links, listed or not', () => {
    const expected = ["collision: a would replace the system's symlink /bin by a folder."];
    expect(messages(layer('tool', 'a', directoryEntry('bin'), fileEntry('bin/x', '')))).toEqual(expected);
    expect(messages(layer('tool', 'a', fileEntry('bin/x', '')))).toEqual(expected);
    expect(messages(layer('apt', 'a', directoryEntry('bin')))).toEqual(expected);
    const alone = checkCollisions([layer('files', 'a', directoryEntry('bin/x'))]);
    expect(failuresOf(alone).map(({ message }) => `collision: ${message}`)).toEqual(expected);
    expect(messages(layer('tool', 'a', directoryEntry('lib64'), directoryEntry('sbin')))).toHaveLength(2);
  });

  it.each([
    'etc/passwd',
    'etc/shadow',
    'etc/ld.so.cache',
    'etc/ssl/certs/ca-certificates.crt',
    'etc/alternatives/vi',
  ])('are generated files: %s', (path) => {
    expect(messages(layer('files', 'files', fileEntry(path, '')))).toHaveLength(1);
  });

  it('are whiteouts outside the system', () => {
    expect(messages(layer('files', 'files', fileEntry('usr/bin/.wh.ls', '')))[0]).toContain(
      '/usr/bin/.wh.ls, which would remove',
    );
    expect(messages(layer('files', 'files', fileEntry('usr/.wh..wh..opq', '')))).toHaveLength(1);
  });
});

describe('missing parents', () => {
  const chain = [indexPaths([directoryEntry('home', { mode: 0o711, uid: 5, gid: 6 })])];

  it('are copied from the system, or created', () => {
    expect(
      missingParents([fileEntry('home/x/y', ''), directoryEntry('srv'), fileEntry('srv/z', '')], chain, 9),
    ).toEqual([
      directoryEntry('home/x', { mtime: 9 }),
      directoryEntry('home', { mode: 0o711, uid: 5, gid: 6, mtime: 9 }),
    ]);
  });

  it('are created if a system layer removed the folder', () => {
    const removed = [...chain, indexPaths([fileEntry('.wh.home', '')])];
    expect(missingParents([fileEntry('home/x', '')], removed)).toEqual([directoryEntry('home')]);
  });
});
