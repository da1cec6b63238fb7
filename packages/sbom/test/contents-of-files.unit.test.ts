import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileEntry, hardlinkEntry, orderEntries, rangeEntry, streamEntries } from '@image-tooling/layer';
import { codesOf, temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { readContents } from '../src';
import { goProgram } from './go-programs';
import { readEntries } from './read-layer';

describe('reading a new layer', () => {
  it('gives the same from the files that a layer is written from', async () => {
    const folder = temporaryFolder();
    const [file, program] = [join(folder, 'source'), goProgram()];
    writeFileSync(file, Buffer.concat([Buffer.from('before'), program, Buffer.from('after')]));
    const mode = 0o755;
    const ordered = orderEntries([
      fileEntry('usr/bin/su', 'x'.repeat(3000), { mode: 0o4755 }),
      rangeEntry('bin/go', { file, offset: 6, length: program.length }, { mode }),
      fileEntry('bin/other', program, { mode }),
      hardlinkEntry('bin/name', 'bin/go'),
    ]);
    const { signal } = new AbortController();
    const request = { name: 'a layer', scope: 'tools', folder, signal } as const;
    const read = valueOf(await readContents(streamEntries(ordered), request));
    expect(read.contents.go).toHaveLength(2);
    expect(read).toEqual(await readEntries(ordered, 'tools'));
  });

  it('fails if a file has changed since the layer was written', async () => {
    const file = join(temporaryFolder(), 'source');
    writeFileSync(file, '#!/bin/sh');
    const entry = rangeEntry('bin/x', { file, offset: 0, length: 100 }, { mode: 0o755 });
    const request = {
      name: 'a layer',
      scope: 'tools',
      folder: '',
      signal: new AbortController().signal,
    } as const;
    expect(codesOf(await readContents(streamEntries([entry]), request))).toEqual(['truncated']);
  });
});
