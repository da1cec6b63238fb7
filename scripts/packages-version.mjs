// Prints the next version of the published packages, or what changes with it. All have the same version, which follows
// from the commits since the last git tag packages@x.y.z that change what is packed; no file has it (docs/ci.md).
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { inc, rsort } from 'semver';

const FIRST = '0.1.0';
const TAG = 'packages@';
/** What is packed or decides what is. */
const PACKED = ['packages', 'schemas', 'trust', 'scripts/pack', 'scripts/pack.mjs', 'package-lock.json'];
const NOT_PACKED = ['packages/*/test', 'packages/testkit'].map((path) => `:(exclude,glob)${path}/**`);

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

function git(...args) {
  return execFileSync('git', args, { encoding: 'utf8', maxBuffer: 1 << 28 });
}

/** Returns the highest version that is tagged on the way to this commit; undefined before the first. */
function lastVersion() {
  if (git('rev-parse', '--is-shallow-repository').trim() === 'true')
    throw new Error(
      'This clone is shallow, and the version follows from the history: git fetch --unshallow --tags',
    );
  const tags = git('tag', '--merged', 'HEAD', '--list', `${TAG}*`).split('\n');
  const versions = tags.map((tag) => tag.slice(TAG.length)).filter((text) => /^\d+\.\d+\.\d+$/.test(text));
  return rsort(versions)[0];
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

/** As for images (docs/releases.md): of 0.y.z a breaking change raises y, and everything else z. */
function nextVersion(last, commits) {
  if (last === undefined) return FIRST;
  const levels = commits.map(({ message }) => levelOf(message));
  const level = ['major', 'minor'].find((one) => levels.includes(one)) ?? 'patch';
  return inc(last, last.startsWith('0.') ? (level === 'major' ? 'minor' : 'patch') : level);
}

/** Conventional Commits 1.0.0; a message that is not one counts as a patch. */
function levelOf(message) {
  const header = /^(?<type>[a-z]+)(?:\([^()\r\n]*\))?(?<breaking>!)?: ./i.exec(message)?.groups;
  if (header?.breaking || /^BREAKING[ -]CHANGE: ./m.test(message)) return 'major';
  return header?.type.toLowerCase() === 'feat' ? 'minor' : 'patch';
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
      commits.filter(({ message }) => levelOf(message) === level),
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
