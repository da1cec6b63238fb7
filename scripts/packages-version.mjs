// Prints the next version of the published packages, or what changes with it. All have the same version, which follows
// from the commits since the last git tag packages@x.y.z that change what is packed; no file has it (CONTRIBUTING.md).
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const FIRST = '0.1.0';
const TAG = 'packages@';
/** What is packed or decides what is. */
const PACKED = ['packages', 'schemas', 'trust', 'scripts/pack', 'scripts/pack.mjs', 'package-lock.json'];
const NOT_PACKED = ['packages/*/test', 'packages/testkit'].map((path) => `:(exclude,glob)${path}/**`);

/** The rules are those of images (docs/releases.md). */
const { changeLevel, highestLevel, raisedVersion } = loadLevels();

const USAGE = `Usage: node scripts/packages-version.mjs [--notes]

Prints "version=x.y.z", the next version of @image-tooling/*.

  --notes  print what changed since the last version, in Markdown`;

const { values } = parseArgs({
  options: { notes: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) console.log(USAGE);
else main();

function main() {
  const last = lastVersion();
  const commits = commitsSince(last);
  if (commits.length === 0) {
    console.error(`Nothing that is packed changed since ${TAG}${last}: there is nothing to release.`);
    process.exitCode = 1;
    return;
  }
  console.log(values.notes ? notes(last, commits) : `version=${nextVersion(last, commits)}`);
}

function loadLevels() {
  const require = createRequire(import.meta.url);
  const { sourceBundle } = require('../packages/cli/bin/source-bundle.cjs');
  return require(sourceBundle({ entry: 'model/src/releases/level.ts', packages: ['model'] }).path);
}

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Returns the highest version that is tagged on the way to this commit; undefined before the first. */
function lastVersion() {
  if (git('rev-parse', '--is-shallow-repository').trim() === 'true')
    throw new Error(
      'This clone is shallow, and the version follows from the history: git fetch --unshallow --tags',
    );
  const tags = git('tag', '--merged', 'HEAD', '--sort=-version:refname', '--list', `${TAG}*`).split('\n');
  return tags.map((tag) => tag.slice(TAG.length)).find((text) => /^\d+\.\d+\.\d+$/.test(text));
}

/** Returns commits with id and message, the newest first. */
function commitsSince(last) {
  const range = last === undefined ? 'HEAD' : `${TAG}${last}..HEAD`;
  const text = git('log', '--no-merges', '--format=%h%n%B%x00', range, '--', ...PACKED, ...NOT_PACKED);
  const entries = text.split('\0').map((entry) => entry.trim());
  return entries.filter(Boolean).map((entry) => {
    const [id, ...lines] = entry.split('\n');
    return { id, message: lines.join('\n') };
  });
}

function nextVersion(last, commits) {
  if (last === undefined) return FIRST;
  return raisedVersion(last, highestLevel(commits.map(({ message }) => changeLevel(message))));
}

function notes(last, commits) {
  const groups = [
    ['Breaking changes', 'major'],
    ['New', 'minor'],
    ['Changes', 'patch'],
  ];
  const parts = groups.map(([title, level]) =>
    part(
      title,
      commits.filter(({ message }) => changeLevel(message) === level),
    ),
  );
  const since = last === undefined ? 'The first release.' : `Since ${last}:`;
  return [since, ...parts.filter((text) => text !== '')].join('\n\n');
}

function part(title, commits) {
  if (commits.length === 0) return '';
  const lines = commits.map(({ id, message }) => `- ${message.split('\n')[0]} (${id})`);
  return `## ${title}\n\n${lines.join('\n')}`;
}
