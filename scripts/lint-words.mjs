// Fails on words that readers stumble over (scripts/lint-words/habits.mjs), in the files that git knows below a
// folder: node scripts/lint-words.mjs [folder ...]
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findHabits } from './lint-words/find.mjs';

const KINDS = /(?:\.(?:ts|mts|mjs|cjs|js|sh|md|json|ya?ml)|(?:^|\/)bootstrap|^\.ci\/run)$/;

/** What is no prose of ours: content of layers, locks, texts of others, and this check's own table. */
const LEFT_OUT = [
  /(?:^|\/)rootfs\//,
  /lock\.json$/,
  /(?:^|\/)fixtures\//,
  /^(?:scripts|test)\/lint-words[./]/,
];

const folders = process.argv.slice(2);
const paths = execFileSync('git', [
  'ls-files',
  '-z',
  '--cached',
  '--others',
  '--exclude-standard',
  '--',
  ...folders,
])
  .toString()
  .split('\0')
  .filter((path) => KINDS.test(path) && !LEFT_OUT.some((pattern) => pattern.test(path)))
  .filter((path) => existsSync(path));

const found = paths.flatMap((path) =>
  findHabits(path, readFileSync(path, 'utf8')).map((habit) => ({ path, ...habit })),
);
for (const { path, line, words, write } of found) {
  console.log(`${path}:${line === 0 ? 'its name' : line}: "${words}": write ${write}`);
}
if (found.length > 0) {
  console.log(`\n${found.length} words to replace, in ${new Set(found.map(({ path }) => path)).size} files.`);
  process.exitCode = 1;
}
