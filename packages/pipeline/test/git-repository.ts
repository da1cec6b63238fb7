import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** An environment in which git has an author, and no configuration of this machine. */
export const GIT_ENV: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: tmpdir(),
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'Test'],
      [`GIT_${who}_EMAIL`, 'test@example.invalid'],
      [`GIT_${who}_DATE`, '1700000000 +0200'],
    ]),
  ),
};

/** A temporary repository. */
export interface GitRepository {
  readonly folder: string;
  /** Runs git in it; returns its output. */
  git(...args: string[]): string;
  write(path: string, content?: string | Uint8Array): void;
  /** Commits all that is there. */
  commit(): void;
  remove(): void;
}

/** Runs git in a folder. Returns its output, without white space at the ends. */
export function gitIn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = GIT_ENV): string {
  return execFileSync('git', ['-C', folder, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

export function makeRepository(env: NodeJS.ProcessEnv = GIT_ENV): GitRepository {
  const folder = mkdtempSync(join(tmpdir(), 'image-tooling-git-'));
  const git = (...args: string[]): string => gitIn(folder, args, env);
  git('init', '--quiet', '--initial-branch=main');
  return {
    folder,
    git,
    write(path, content = path) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    },
    commit() {
      git('add', '--all');
      git('commit', '--quiet', '--message=one');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
