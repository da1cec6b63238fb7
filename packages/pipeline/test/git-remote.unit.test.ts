import { expect, it, onTestFinished } from 'vitest';
import { pushTag } from '../src/git/remote';
import { GIT_ENV, makeRepository } from './git-repository';

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
