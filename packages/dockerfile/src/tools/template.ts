import type { Arch } from '@image-tooling/model';
import { MACHINE } from '../types';

/** A vendor's file as it is called for one processor or both, with what is taken of it. */
export interface ReleaseInput {
  readonly amd64: ReleaseFile;
  /** Left out where it is called alike, or not known. */
  readonly arm64?: ReleaseFile;
  /** Versions that the address may have been made from, the likeliest first. */
  readonly versions?: readonly string[];
}

export interface ReleaseFile {
  readonly url: string;
  /** Path in the archive, and where it goes below /usr/local. */
  readonly files: Readonly<Record<string, string>>;
}

/** A `release` source of tool.json. */
export interface ReleaseTemplate {
  readonly version: string;
  readonly url: string;
  readonly files: Readonly<Record<string, string>>;
  readonly archNames: Readonly<Partial<Record<Arch, string>>>;
  /** Whether what arm64 is called is a guess. */
  readonly guessesArm64: boolean;
}

/** A version as a part of an address: not inside a longer number or word. */
const VERSION = /(?<![\w.])v?(\d+(?:\.\d+)+(?:-(?:rc|alpha|beta)[\w.]*)?)(?![\w])/g;
const TOOL_VERSION = /^[0-9]+(?:\.[0-9]+)*(?:[-+][0-9A-Za-z.+-]+)?$/;

/** What vendors call processors, amd64 first. */
const ARCH_PAIRS: readonly (readonly [string, string])[] = [
  ['amd64', 'arm64'],
  ['x86_64', 'aarch64'],
  ['x64', 'arm64'],
  ['64bit', 'arm64'],
  ['x86-64', 'aarch64'],
];

/**
 * An address as a template: its version and its processor become `{version}` and `{arch}`. Undefined where it names
 * no version, since then nothing says which file it is.
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

/** The version that an address names: one of those given, or what looks like one. */
export function versionOf(url: string, given: readonly string[] = []): string | undefined {
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

/** What the two processors are called, where everything but that is equal. */
function namesOf(one: ReleaseFile, other: ReleaseFile): Names | undefined {
  const start = commonStart(one.url, other.url);
  const end = commonEnd(one.url.slice(start), other.url.slice(start));
  const from = wordStart(one.url, start);
  const until = wordEnd(one.url, one.url.length - end) - one.url.length;
  const cut = (url: string): string => url.slice(from, until === 0 ? undefined : until);
  const names = { amd64: cut(one.url), arm64: cut(other.url) };
  const back = withArch(other, names.arm64);
  const forth = withArch(one, names.amd64);
  return names.amd64 !== '' && JSON.stringify(back) === JSON.stringify(forth) ? names : undefined;
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

/** Only what differs from Debian's names is written. */
function archNames({ amd64, arm64 }: Names): Partial<Record<Arch, string>> {
  return { ...(amd64 !== 'amd64' && { amd64 }), ...(arm64 !== 'arm64' && { arm64 }) };
}

/** A path of an archive for amd64 as it would be called for another processor, by the usual names. */
export function isMachineName(text: string): boolean {
  return [...ARCH_PAIRS.flat(), ...Object.values(MACHINE)].includes(text);
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

/** The names of processors share letters ("amd64", "arm64"): a difference is widened to whole words. */
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
