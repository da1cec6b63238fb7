import { describe, expect, it } from 'vitest';
import { directoryEntry, fileEntry, firstDifference, indexPaths, symlinkEntry } from '../src';

describe('the first difference of two layers', () => {
  const before = indexPaths([directoryEntry('etc'), fileEntry('etc/a', 'one'), fileEntry('etc/b', 'two')]);

  it('names the first path and both states', () => {
    const after = indexPaths([
      directoryEntry('etc'),
      fileEntry('etc/a', 'longer', { mode: 0o755 }),
      symlinkEntry('etc/b', 'a'),
    ]);
    expect(firstDifference(before, after)).toBe(
      '/etc/a: a file of 3 bytes, mode 644, owner 0:0, then a file of 6 bytes, mode 755, owner 0:0',
    );
  });

  it('names a path that only one has', () => {
    const after = indexPaths([directoryEntry('etc'), fileEntry('etc/a', 'one')]);
    expect(firstDifference(before, after)).toBe(
      '/etc/b: a file of 3 bytes, mode 644, owner 0:0, then absent',
    );
  });

  it('is empty if only contents of equal size differ', () => {
    const after = indexPaths([directoryEntry('etc'), fileEntry('etc/a', 'ONE'), fileEntry('etc/b', 'two')]);
    expect(firstDifference(before, after)).toBeUndefined();
  });
});
