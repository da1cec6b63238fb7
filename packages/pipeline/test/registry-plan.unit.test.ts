import { describe, expect, it } from 'vitest';
import { digestOf, fail, ok, type Digest } from '@image-tooling/model';
import { valueOf } from '@image-tooling/testkit/helpers';
import { each } from '../src/registry/each';
import type { FoundManifest } from '../src/registry/found-manifest';
import { checkClock } from '../src/registry/prune/clock';
import { freedBy } from '../src/registry/prune/freed';
import { planOf } from '../src/registry/prune/plan';
import { failureOf } from './registry-images';

const NOW = 1_800_000_000;

function manifest(name: string, more: Partial<FoundManifest> = {}): FoundManifest {
  return { digest: digestOf(name), size: 100, blobs: [], children: [], annotations: {}, ...more };
}

function blob(name: string, size: number) {
  return { mediaType: 'application/octet-stream', digest: digestOf(name), size };
}

describe('what is deleted from a repository', () => {
  const subject = digestOf('gone');
  const listTag = subject.replace(':', '-');
  const attached = manifest('attached', { subject });
  const list = manifest('list', { children: [attached.digest] });
  const inventory = (tags: Record<string, Digest>, gone: Digest[], ...manifests: FoundManifest[]) => ({
    tags: new Map(Object.entries(tags)),
    manifests: new Map(manifests.map((one) => [one.digest, one])),
    goneSubjects: new Set(gone),
  });

  it('is the list of a missing manifest, after what it lists', () => {
    const { deletions, kept } = planOf(inventory({ [listTag]: list.digest }, [subject], list, attached), NOW);
    expect(deletions.map(({ digest }) => digest)).toEqual([attached.digest, list.digest]);
    expect(kept).toEqual([]);
  });

  it('is not an attachment with a tag of its own', () => {
    const tags = { [listTag]: list.digest, sbom: attached.digest };
    const { deletions, kept } = planOf(inventory(tags, [subject], list, attached), NOW);
    expect(deletions).toEqual([]);
    expect(kept.map(({ digest }) => digest).sort()).toEqual([list.digest, attached.digest].sort());
  });
});

describe('freed bytes', () => {
  it('are those of manifests, and of blobs that nothing else needs, each once', () => {
    const a = manifest('a', { blobs: [blob('own', 10), blob('shared', 1000)] });
    const b = manifest('b', { blobs: [blob('own', 10), blob('other', 5)] });
    const stays = manifest('c', { blobs: [blob('shared', 1000)] });
    expect(freedBy([a, b], [stays])).toEqual({ manifestBytes: 200, blobBytes: 15 });
    expect(freedBy([], [stays])).toEqual({ manifestBytes: 0, blobBytes: 0 });
  });
});

describe('the clock', () => {
  const at = (seconds: number) => new Date((NOW + seconds) * 1000);

  it.each([undefined, at(0), at(86_400), at(-86_400)])('%s is accepted', (theirs) => {
    expect(checkClock('registry.example', theirs, NOW).ok).toBe(true);
  });

  it.each([at(86_401), at(-86_401)])('%s is refused, with both times', (theirs) => {
    expect(failureOf(checkClock('registry.example', theirs, NOW))).toMatchObject({
      code: 'clock',
      details: [`this machine: ${at(0).toISOString()}`, `the registry: ${theirs.toISOString()}`],
    });
  });
});

describe('many requests', () => {
  it('keep the order of results, and few run at once', async () => {
    let running = 0;
    let most = 0;
    const numbers = Array.from({ length: 50 }, (_, at) => at);
    const doubled = await each(numbers, async (number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, number % 3));
      running--;
      return ok(number * 2);
    });
    expect(valueOf(doubled)).toEqual(numbers.map((number) => number * 2));
    expect(most).toBe(8);
  });

  it('end with the first failure', async () => {
    const asked: number[] = [];
    const result = await each([...Array(50).keys()], async (number) => {
      asked.push(number);
      return number === 3 ? fail({ code: 'network', message: 'broken' }) : ok(number);
    });
    expect(failureOf(result).message).toBe('broken');
    expect(asked.length).toBeLessThan(15);
  });
});
