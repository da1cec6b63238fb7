import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeBytes } from '@image-tooling/host';
import type { Image, SourceKind, Tool } from '@image-tooling/model';
import { SILENT } from '@image-tooling/testkit/helpers';
import { describe, expect, it } from 'vitest';
import type { Session } from '../src/session';
import { noteDiskSpace } from '../src/verify-image/rebuild/disk-space';

const toolOf = (...kinds: SourceKind[]): Tool =>
  ({ definition: { sources: Object.fromEntries(kinds.map((kind) => [kind, {}])) } }) as unknown as Tool;

const BASE = { name: 'base', tools: [toolOf('go', 'release'), toolOf('npm')] } as unknown as Image;
const K8S = { name: 'k8s', parent: BASE, tools: [toolOf('go'), toolOf('release', 'go')] } as unknown as Image;

async function notes(image: Image, free: number | undefined, toolSource = 'registry'): Promise<string[]> {
  const found: string[] = [];
  const context = {
    signal: new AbortController().signal,
    progress: { ...SILENT, note: (line: string) => void found.push(line) },
  };
  const session = { store: { root: '/store' }, toolSource, context } as unknown as Session;
  await noteDiskSpace(session, image, async (folder) => (folder === '/store' ? free : 0));
  return found;
}

describe('the disk of a rebuild', () => {
  it('is noted if it may be too small for the Go tools of an image and its parents', async () => {
    expect(await notes(K8S, 5_000_000_000)).toEqual([
      'k8s: the disk of the store may be too small: compiling 3 Go tools takes about 5.4 GB, 5.0 GB are free. Set IMAGE_STORE to a folder on another disk, or use --rebuild=system.',
    ]);
    expect(await notes(BASE, 0)).toEqual([
      expect.stringContaining('1 Go tool takes about 1.8 GB, 0 B are free'),
    ]);
  });

  it('is not noted if it is large enough, unknown, or nothing is compiled', async () => {
    expect(await notes(K8S, 5_400_000_000)).toEqual([]);
    expect(await notes(K8S, undefined)).toEqual([]);
    expect(await notes(BASE, 0, 'release')).toEqual([]);
  });

  it('is looked up', async () => {
    expect(await freeBytes(tmpdir())).toBeGreaterThan(0);
    expect(await freeBytes(join(tmpdir(), 'missing'))).toBeUndefined();
  });
});
