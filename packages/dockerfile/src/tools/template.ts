import type { Arch } from '@image-tooling/model';

/** A vendor's file for one or both processors. */
export interface ReleaseInput {
  readonly amd64: ReleaseFile;
  /** Left out if it is not known. */
  readonly arm64?: ReleaseFile;
  /** Versions that the URL may contain, most likely first. */
  readonly versions?: readonly string[];
}

export interface ReleaseFile {
  readonly url: string;
  /** Path in the archive to the path below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
}

/** A `release` source of tool.json. */
export interface ReleaseTemplate {
  readonly version: string;
  readonly url: string;
  readonly files: Readonly<Record<string, string>>;
  readonly archNames: Readonly<Partial<Record<Arch, string>>>;
  /** Whether the name of arm64 in the URL is a guess. */
  readonly guessesArm64: boolean;
}

/** A version in a URL, but not inside a longer number or word. */
const VERSION = /(?<![\w.])v?(\d+(?:\.\d+)+(?:-(?:rc|alpha|beta)[\w.]*)?)(?![\w])/g;
const TOOL_VERSION = /^[0-9]+(?:\.[0-9]+)*(?:[-+][0-9A-Za-z.+-]+)?$/;

/** Names that vendors use for processors, amd64 first. */
const ARCH_PAIRS: readonly (readonly [string, string])[] = [
  ['amd64', 'arm64'],
  ['x86_64', 'aarch64'],
  ['x64', 'arm64'],
  ['64bit', 'arm64'],
  ['x86-64', 'aarch64'],
];

/**
 * Returns a URL as a template: its version and its processor become `{version}` and `{arch}`. Returns undefined if it
 * contains no version.
 */
export function releaseTemplate({ amd64, arm64, versions = [] }: ReleaseInput): ReleaseTemplate | undefined {
  const version = versionOf(amd64.url, versions);
  if (version === undefined) return undefined;
  const templated = withVersion(amd64, version);
  const other = arm64 && arm64.url !== amd64.url ? withVersion(arm64, version) : undefined;
  const names = other ? namesOf(templated, other) : guessedNames(templated.url);
  if (!names) return { version, ...templated, archNames: {}, guessesArm64: other !== undefined };
  return { version, ...withArch(templated, names.amd64), archNames: archNames(names), guessesArm64: !other };
}

/** Returns the version in a URL: one of those given, else the first text that looks like a version. */
function versionOf(url: string, given: readonly string[] = []): string | undefined {
  const wanted = given.map((text) => text.replace(/^v/, '')).filter((text) => TOOL_VERSION.test(text));
  const named = wanted.filter((text) => mentions(url, text)).sort((a, b) => b.length - a.length)[0];
  return named ?? [...url.matchAll(VERSION)].map((match) => match[1])[0];
}

function mentions(url: string, version: string): boolean {
  return new RegExp(`(?<![\\d.])${escaped(version)}(?![\\d])`).test(url);
}

function withVersion({ url, files }: ReleaseFile, version: string): ReleaseFile {
  const [major, minor] = version.split('.');
  const replaced = (text: string): string =>
    text
      .replace(new RegExp(`(?<![\\d.])${escaped(version)}(?![\\d])`, 'g'), '{version}')
      .replace(
        new RegExp(`(?<=/v?)${escaped(`${major}.${minor}`)}(?=/)`, 'g'),
        minor === undefined ? '$&' : '{major}.{minor}',
      );
  return { url: replaced(url), files: mapKeys(files, replaced) };
}

interface Names {
  readonly amd64: string;
  readonly arm64: string;
}

/** Returns the names of the two processors, if the files differ in nothing else. */
function namesOf(one: ReleaseFile, other: ReleaseFile): Names | undefined {
  const start = commonStart(one.url, other.url);
  const end = commonEnd(one.url.slice(start), other.url.slice(start));
  const from = wordStart(one.url, start);
  const until = wordEnd(one.url, one.url.length - end) - one.url.length;
  const cut = (url: string): string => url.slice(from, until === 0 ? undefined : until);
  const names = { amd64: cut(one.url), arm64: cut(other.url) };
  const second = withArch(other, names.arm64);
  const first = withArch(one, names.amd64);
  return names.amd64 !== '' && JSON.stringify(second) === JSON.stringify(first) ? names : undefined;
}

function guessedNames(url: string): Names | undefined {
  const pair = ARCH_PAIRS.find(([amd64]) => new RegExp(`(?<![a-z0-9])${amd64}(?![a-z0-9])`, 'i').test(url));
  if (!pair) return undefined;
  const found = new RegExp(`(?<![a-z0-9])${pair[0]}(?![a-z0-9])`, 'i').exec(url)?.[0] ?? pair[0];
  return { amd64: found, arm64: pair[1] };
}

function withArch({ url, files }: ReleaseFile, name: string): ReleaseFile {
  const pattern = new RegExp(`(?<![A-Za-z0-9])${escaped(name)}(?![A-Za-z0-9])`, 'g');
  const replaced = (text: string): string => text.replace(pattern, '{arch}');
  return { url: replaced(url), files: mapKeys(files, replaced) };
}

/** Returns the names that differ from Debian's. */
function archNames({ amd64, arm64 }: Names): Partial<Record<Arch, string>> {
  return { ...(amd64 !== 'amd64' && { amd64 }), ...(arm64 !== 'arm64' && { arm64 }) };
}

function mapKeys(
  record: Readonly<Record<string, string>>,
  change: (key: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [change(key), value]));
}

function commonStart(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a[length] === b[length]) length++;
  return length;
}

function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length;
}

/** Returns the start of the word at a difference: names of processors share letters ("amd64", "arm64"). */
function wordStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && /[A-Za-z0-9]/.test(text[start - 1]!)) start--;
  return start;
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && /[A-Za-z0-9]/.test(text[end]!)) end++;
  return end;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
