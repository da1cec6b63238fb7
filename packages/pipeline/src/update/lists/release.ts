import {
  all,
  fail,
  ok,
  placeOf,
  PLATFORMS,
  releaseFile,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { decoded, listPublished, versionPage, type PublishedVersion } from '@image-tooling/sources';
import type { ListOf } from './list';

/** Versions that the vendor lists, without those that lack a file which the locked version has. */
export const releaseVersions: ListOf = async ({ options, http, context, env }, { tool }) => {
  const { version, sources } = tool.definition;
  const page = versionPage(sources.release!);
  if (!page) return fail(noPage(tool));
  const fetch = { mirrors: options.mirrors, http, context, githubToken: env['GITHUB_TOKEN'] };
  const listed = await listPublished(page, version, fetch);
  if (!listed.ok) return listed;
  const complete = all(listed.value.map((one) => isComplete(tool, one)));
  if (!complete.ok) return complete;
  const published = listed.value.filter((_, at) => complete.value[at]);
  const times = new Map(published.map((one) => [one.version, one.time]));
  return ok({
    versions: published.map((one) => one.version),
    timeOf: (wanted) => Promise.resolve(ok(times.get(wanted))),
  });
};

/** Vendors publish a release first, and add its files in the minutes after that. */
function isComplete({ definition, lock }: Tool, { version, files }: PublishedVersion): Result<boolean> {
  if (!files) return ok(true);
  const locked = Object.keys(lock?.value.release ?? {}) as Platform[];
  const platforms = locked.length > 0 ? locked : PLATFORMS;
  const wanted = all(platforms.map((platform) => releaseFile({ ...definition, version }, platform)));
  if (!wanted.ok) return wanted;
  const has = ({ name }: { readonly name: string }): boolean => files.includes(decoded(name));
  return ok(locked.length > 0 ? wanted.value.every(has) : wanted.value.some(has));
}

function noPage({ name, document }: Tool) {
  return {
    code: 'schema',
    message: `"${name}": its release source does not say where its vendor lists versions.`,
    hint: 'Add "versions": { "url": "https://…" } to the release source, or "update": "none" to the tool.',
    place: placeOf(document, ['sources', 'release', 'url'], 'not a release on GitHub'),
  } as const;
}
