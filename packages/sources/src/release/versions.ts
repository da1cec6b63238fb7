import { fail, jsonObject, ok, versionsInText, type Result } from '@image-tooling/model';
import { downloadBytes } from '../download';
import type { ReleaseFetch } from './fetch';
import { releasePlaces } from './places';

/** A version that a vendor has published. */
export interface PublishedVersion {
  readonly version: string;
  /** When, in seconds since the epoch; undefined if the vendor does not say. */
  readonly time?: number;
  /** Names of its files; undefined if the vendor does not list them. */
  readonly files?: readonly string[];
}

/** Where a vendor lists its versions. */
export type VersionPage =
  | { readonly kind: 'github'; readonly repository: string; readonly tag: string }
  | { readonly kind: 'text'; readonly url: string; readonly match: string };

/** What a request needs. */
export interface VersionFetch extends Pick<ReleaseFetch, 'mirrors' | 'http' | 'context'> {
  /** Sent to GitHub alone, whose limit for anonymous requests is 60 an hour. */
  readonly githubToken?: string | undefined;
}

/** Bytes of one page: GitHub's with a hundred releases of many files each have 4 MB. */
const MOST_PAGE_BYTES = 32 * 1024 ** 2;

/**
 * Returns the page of a release source: its own, else the releases of the GitHub repository that its URL is of.
 * Undefined if neither is there.
 */
export function versionPage(release: {
  readonly url: string;
  readonly versions?: { readonly url: string; readonly match: string } | undefined;
}): VersionPage | undefined {
  if (release.versions) return { kind: 'text', ...release.versions };
  const [, repository, tag] =
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/releases\/download\/([^/]+)\//.exec(release.url) ?? [];
  if (repository === undefined || !tag?.includes('{version}')) return undefined;
  return { kind: 'github', repository, tag: decoded(tag) };
}

/** Returns a part of a URL without its escapes; as it is if one is invalid. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Returns the versions of a vendor's page, without drafts and prereleases. Fails as `downloadBytes`, and with `schema`
 * if the page has no versions.
 *
 * @param known stops reading further pages when a page has this version
 */
export async function listPublished(
  page: VersionPage,
  known: string,
  fetch: VersionFetch,
): Promise<Result<PublishedVersion[]>> {
  return page.kind === 'github' ? listOfGithub(page, known, fetch) : listInText(page, fetch);
}

async function listInText(
  { url, match }: Extract<VersionPage, { kind: 'text' }>,
  fetch: VersionFetch,
): Promise<Result<PublishedVersion[]>> {
  const read = await readPage(url, fetch);
  if (!read.ok) return read;
  const versions = versionsInText(read.value.toString('utf8'), match);
  if (versions.length > 0) return ok(versions.map((version) => ({ version })));
  return fail({
    code: 'schema',
    message: `${url} has no version of the form "${match}".`,
    hint: 'Compare "versions" of the release source in tool.json with what the vendor publishes there.',
  });
}

/** GitHub REST API, "List releases": newest first. */
const PAGE_SIZE = 100;
const MOST_PAGES = 5;

async function listOfGithub(
  { repository, tag }: Extract<VersionPage, { kind: 'github' }>,
  known: string,
  fetch: VersionFetch,
): Promise<Result<PublishedVersion[]>> {
  const found: PublishedVersion[] = [];
  for (let page = 1; page <= MOST_PAGES; page++) {
    const url = `https://api.github.com/repos/${repository}/releases?per_page=${PAGE_SIZE}&page=${page}`;
    const read = await readPage(url, fetch);
    if (!read.ok) return read;
    const releases = releasesIn(read.value);
    if (!releases) return fail(noList(url));
    const versions = releases.flatMap((release) => publishedVersion(release, tag) ?? []);
    found.push(...versions);
    if (releases.length < PAGE_SIZE || versions.some(({ version }) => version === known)) break;
  }
  return ok(found);
}

/** The members of a release that are read. */
interface GithubRelease {
  readonly tag_name?: unknown;
  readonly draft?: unknown;
  readonly prerelease?: unknown;
  readonly published_at?: unknown;
  readonly assets?: unknown;
}

function releasesIn(bytes: Buffer): GithubRelease[] | undefined {
  const list = jsonObject(bytes);
  return Array.isArray(list) ? (list as unknown[]).filter((one): one is object => isObject(one)) : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function publishedVersion(release: GithubRelease, tag: string): PublishedVersion | undefined {
  const { tag_name: name, draft, prerelease, published_at: published, assets } = release;
  if (typeof name !== 'string' || draft === true || prerelease === true) return undefined;
  const [version] = versionsInText(name, tag, true);
  if (version === undefined) return undefined;
  const time = typeof published === 'string' ? Math.floor(Date.parse(published) / 1000) : NaN;
  return {
    version,
    ...(Number.isFinite(time) && { time }),
    ...(Array.isArray(assets) && { files: namesOf(assets) }),
  };
}

function namesOf(assets: readonly unknown[]): string[] {
  return assets.flatMap((asset) => {
    const { name } = (isObject(asset) ? asset : {}) as { readonly name?: unknown };
    return typeof name === 'string' ? [name] : [];
  });
}

function noList(url: string) {
  return {
    code: 'schema',
    message: `${url} is not a list of releases.`,
    hint: 'If "mirrors" in nx.json replaces this address, its mirror must answer as GitHub does.',
  } as const;
}

async function readPage(
  url: string,
  { mirrors, http, context, githubToken }: VersionFetch,
): Promise<Result<Buffer>> {
  const urls = releasePlaces(url, mirrors).map((place) => withToken(place, githubToken));
  const request = { name: `versions of ${url}`, urls, maxBytes: MOST_PAGE_BYTES };
  const read = await downloadBytes(request, { http, signal: context.signal });
  return read.ok ? ok(read.value.bytes) : read;
}

/** GitHub takes a token as a password; addresses are shown without either. */
function withToken(place: string, token: string | undefined): string {
  if (token === undefined || !place.startsWith('https://api.github.com/')) return place;
  return place.replace('https://', `https://x-access-token:${encodeURIComponent(token)}@`);
}
