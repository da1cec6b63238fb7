import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitDifference } from '@image-tooling/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { differencesFromIndex } from '../src/git/differences';
import { unquoted } from '../src/git/index-files';
import { GIT_ENV, makeRepository, type GitRepository } from './git-repository';

let repository: GitRepository;
beforeEach(() => (repository = makeRepository()));
afterEach(() => repository.remove());

async function differences(): Promise<CommitDifference[]> {
  const place = { root: repository.folder, env: GIT_ENV, signal: new AbortController().signal };
  return valueOf(await differencesFromIndex(place, ['rootfs/', 'image.json']));
}

/** Returns git's own status of the work tree. */
const status = () => repository.git('status', '--porcelain', '--untracked-files=all');

function committedRootfs(): void {
  repository.write('rootfs/etc/script', '#!/bin/sh\necho hello\n');
  chmodSync(join(repository.folder, 'rootfs/etc/script'), 0o755);
  repository.write('rootfs/etc/plain', 'one\ntwo\n');
  symlinkSync('/etc/plain', join(repository.folder, 'rootfs/link'));
  repository.write('image.json', '{\n}\n');
  repository.commit();
}

/** As another clone has it, which git says is clean. */
function checkedOutAgain(): void {
  repository.git('rm', '-r', '--cached', '--quiet', '.');
  repository.git('reset', '--hard', '--quiet');
  expect(status()).toBe('');
}

describe('a work tree that git calls clean', () => {
  it('does not differ from the commit', async () => {
    committedRootfs();
    expect(await differences()).toEqual([]);
  });

  it('differs by line ends with core.autocrlf', async () => {
    committedRootfs();
    repository.git('config', 'core.autocrlf', 'true');
    checkedOutAgain();
    expect(await differences()).toEqual(
      ['image.json', 'rootfs/etc/plain', 'rootfs/etc/script'].map((path) => ({
        path,
        cause: expect.stringContaining('CR LF') as string,
        fix: expect.stringContaining('git config core.autocrlf false') as string,
      })),
    );
  });

  it('differs by links that became files with core.symlinks=false', async () => {
    committedRootfs();
    repository.git('config', 'core.symlinks', 'false');
    rmSync(join(repository.folder, 'rootfs/link'));
    checkedOutAgain();
    expect(await differences()).toMatchObject([
      { path: 'rootfs/link', cause: expect.stringContaining('link') as string },
    ]);
  });

  it('differs by modes that git ignores with core.fileMode=false', async () => {
    committedRootfs();
    repository.git('config', 'core.fileMode', 'false');
    chmodSync(join(repository.folder, 'rootfs/etc/script'), 0o644);
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([
      { path: 'rootfs/etc/script', cause: expect.stringContaining('mode') as string },
    ]);
  });

  it('differs by contents and files that git is set to ignore', async () => {
    committedRootfs();
    repository.git('update-index', '--assume-unchanged', 'rootfs/etc/plain');
    repository.git('update-index', '--skip-worktree', 'rootfs/etc/script');
    repository.write('rootfs/etc/plain', 'other');
    rmSync(join(repository.folder, 'rootfs/etc/script'));
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([
      { path: 'rootfs/etc/plain', cause: expect.stringContaining('content') as string },
      { path: 'rootfs/etc/script', cause: expect.stringContaining('not checked out') as string },
    ]);
  });

  it('differs by a filter, whatever it makes of a file', async () => {
    committedRootfs();
    repository.write('.gitattributes', 'rootfs/etc/plain ident\n');
    repository.write('rootfs/etc/plain', '$Id$\n');
    repository.commit();
    rmSync(join(repository.folder, 'rootfs/etc/plain'));
    repository.git('checkout', '--', 'rootfs/etc/plain');
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([{ path: 'rootfs/etc/plain' }]);
  });

  it('differs by ignored files', async () => {
    committedRootfs();
    repository.write('.gitignore', '*.secret\n');
    repository.commit();
    repository.write('rootfs/key.secret');
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([
      { path: 'rootfs/key.secret', cause: expect.stringContaining('does not have it') as string },
    ]);
  });
});

describe('a repository within rootfs/', () => {
  let other: GitRepository;
  const env = { ...GIT_ENV, GIT_ALLOW_PROTOCOL: 'file' };
  beforeEach(() => {
    repository.remove();
    repository = makeRepository(env);
    other = makeRepository();
    other.write('file', 'one');
    other.commit();
    committedRootfs();
  });
  afterEach(() => other.remove());

  it('does not differ if it is a submodule at its commit', async () => {
    repository.git('submodule', '--quiet', 'add', other.folder, 'rootfs/sub');
    repository.commit();
    expect(await differences()).toEqual([]);
  });

  it('differs if it is a submodule whose files git ignores', async () => {
    repository.git('submodule', '--quiet', 'add', other.folder, 'rootfs/sub');
    repository.commit();
    repository.git('-C', 'rootfs/sub', 'update-index', '--assume-unchanged', 'file');
    repository.write('rootfs/sub/file', 'two');
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([{ path: 'rootfs/sub/file' }]);
  });

  it('differs if it is a submodule that is not fetched', async () => {
    repository.git('submodule', '--quiet', 'add', other.folder, 'rootfs/sub');
    repository.commit();
    repository.git('submodule', '--quiet', 'deinit', '--force', 'rootfs/sub');
    expect(status()).toBe('');
    expect(await differences()).toMatchObject([
      { path: 'rootfs/sub', fix: expect.stringContaining('git submodule update --init') as string },
    ]);
  });

  it('differs if .gitmodules does not name it: clones get an empty folder', async () => {
    repository.git('clone', '--quiet', other.folder, 'rootfs/sub');
    repository.commit();
    expect(status()).toBe('');
    expect((await differences()).map(({ path }) => path)).toEqual(['rootfs/sub', 'rootfs/sub/file']);
  });
});

describe('a file of Git LFS', () => {
  const content = Buffer.from('a large file');
  const oid = createHash('sha256').update(content).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
  beforeEach(() => {
    repository.write('rootfs/large', pointer);
    repository.write('.gitattributes', 'rootfs/large filter=lfs -text\n');
    repository.commit();
  });

  it('does not differ if it is the committed one', async () => {
    repository.write('rootfs/large', content);
    expect(await differences()).toEqual([]);
  });

  it('differs if it is another', async () => {
    repository.write('rootfs/large', 'other');
    expect(await differences()).toMatchObject([{ path: 'rootfs/large' }]);
  });

  it('differs if the pointer is in its place', async () => {
    expect(await differences()).toMatchObject([
      { path: 'rootfs/large', fix: expect.stringContaining('git lfs pull') as string },
    ]);
  });
});

describe('names', () => {
  it('may hold any bytes', async () => {
    mkdirSync(join(repository.folder, 'rootfs'));
    const names = [
      Buffer.from('sp ace "q" \\ *'),
      Buffer.from('line\nbreak\ttab'),
      Buffer.from([0xe9, 0x01]),
    ];
    for (const name of names)
      writeFileSync(Buffer.concat([Buffer.from(`${repository.folder}/rootfs/`), name]), 'one');
    repository.commit();
    expect(await differences()).toEqual([]);
  });

  it.each([
    ['plain', 'plain'],
    ['"caf\\303\\251"', 'caf\xc3\xa9'],
    ['"a\\tb\\nc\\"d\\\\e"', 'a\tb\nc"d\\e'],
  ])('%s is read as git quotes it', (quoted, path) => {
    expect(unquoted(quoted)).toBe(path);
  });
});

describe('a repository whose names are as long as sha256', () => {
  it('is compared as well', async () => {
    repository.git('init', '--quiet');
    rmSync(join(repository.folder, '.git'), { recursive: true });
    repository.git('init', '--quiet', '--object-format=sha256');
    committedRootfs();
    expect(await differences()).toEqual([]);
    repository.git('update-index', '--assume-unchanged', 'rootfs/etc/plain');
    repository.write('rootfs/etc/plain', 'other');
    expect(await differences()).toMatchObject([
      { path: 'rootfs/etc/plain', cause: expect.stringContaining('assume-unchanged') as string },
    ]);
  });
});
