import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { valueOf } from '@image-tooling/testkit/helpers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commitsWithout } from '../src/git/commits-without';
import { pushTag } from '../src/git/remote';
import { GIT_ENV, gitIn, makeRepository, type GitRepository } from './git-repository';

it.each(['sha1', 'sha256'])('writes a tag once in a repository of %s without a remote', async (format) => {
  const repository = makeRepository({ ...GIT_ENV, GIT_DEFAULT_HASH: format });
  onTestFinished(() => repository.remove());
  const place = { root: repository.folder, env: GIT_ENV, signal: new AbortController().signal };
  const commit = (): string => {
    repository.git('commit', '--quiet', '--allow-empty', '--message=one');
    return repository.git('rev-parse', 'HEAD');
  };
  const [first, second] = [commit(), commit()];
  expect((await pushTag(place, undefined, 'base@1.0.0', first)).ok).toBe(true);
  expect((await pushTag(place, undefined, 'base@1.0.0', first)).ok).toBe(true);
  expect((await pushTag(place, undefined, 'base@1.0.0', second)).ok).toBe(false);
  expect(repository.git('rev-parse', 'base@1.0.0')).toBe(first);
  expect(first).toHaveLength(format === 'sha1' ? 40 : 64);
});

/** A repository with four commits on main, each as a file of its number, and a clone of it. */
function cloned(...options: readonly string[]): {
  origin: GitRepository;
  clone: GitRepository;
  ids: string[];
} {
  const [origin, clone] = [makeRepository(), makeRepository()];
  onTestFinished(() => [origin, clone].forEach((one) => one.remove()));
  const ids = ['1', '2', '3', '4'].map((number) => {
    origin.write(number);
    origin.commit();
    return origin.git('rev-parse', 'HEAD');
  });
  gitIn(clone.folder, ['remote', 'add', 'origin', `file://${origin.folder}`]);
  gitIn(clone.folder, ['fetch', '--quiet', ...options, 'origin', ids[1] as string]);
  gitIn(clone.folder, ['checkout', '--quiet', '--detach', 'FETCH_HEAD']);
  return { origin, clone, ids };
}

const placeOf = ({ folder }: GitRepository) => ({
  root: folder,
  env: GIT_ENV,
  signal: new AbortController().signal,
});

describe('commitsWithout', () => {
  it.each([[], ['--depth=1']])(
    'fetches commits that the clone lacks, the newest first: %s',
    async (...depth) => {
      const { clone, ids } = cloned(...depth);
      const head = clone.git('rev-parse', 'HEAD');
      expect(valueOf(await commitsWithout(placeOf(clone), 'main', head))).toEqual([ids[3], ids[2]]);
      expect(valueOf(await commitsWithout(placeOf(clone), 'main', ids[3] as string))).toEqual([]);
      expect(valueOf(await commitsWithout(placeOf(clone), 'missing', head))).toEqual([]);
      expect(clone.git('for-each-ref')).toBe('');
    },
  );

  it('returns what a commit that is not pushed lacks', async () => {
    const { clone, ids } = cloned();
    clone.write('own');
    clone.commit();
    const own = clone.git('rev-parse', 'HEAD');
    expect(valueOf(await commitsWithout(placeOf(clone), 'main', own))).toEqual([ids[3], ids[2]]);
  });

  it('asks this repository if it has no remote', async () => {
    const { origin, ids } = cloned();
    expect(valueOf(await commitsWithout(placeOf(origin), 'main', ids[2] as string))).toEqual([ids[3]]);
  });

  it('fails if the remote does not answer', async () => {
    const { clone, ids } = cloned();
    clone.git('remote', 'set-url', 'origin', '/nonexistent');
    expect((await commitsWithout(placeOf(clone), 'main', ids[1] as string)).ok).toBe(false);
  });
});

describe('pushTag', () => {
  /** As another push, between what the remote has told and what it writes. */
  const writtenByAnother = (origin: GitRepository, commit: string): void => {
    const hook = join(origin.folder, '.git/hooks/update');
    writeFileSync(hook, `#!/bin/sh\nunset GIT_QUARANTINE_PATH\ngit update-ref "$1" ${commit}\n`);
    chmodSync(hook, 0o755);
  };

  it('succeeds if another machine writes the same tag at the same time', async () => {
    const { origin, clone, ids } = cloned();
    writtenByAnother(origin, ids[1] as string);
    expect(await pushTag(placeOf(clone), 'origin', 'base@1.0.0', ids[1] as string)).toMatchObject({
      ok: true,
    });
    expect(origin.git('rev-parse', 'base@1.0.0')).toBe(ids[1]);
  });

  it('fails if another machine writes it on another commit', async () => {
    const { origin, clone, ids } = cloned();
    writtenByAnother(origin, ids[3] as string);
    expect(await pushTag(placeOf(clone), 'origin', 'base@1.0.0', ids[1] as string)).toMatchObject({
      ok: false,
    });
  });
});
