import {
  all,
  fail,
  ok,
  PLATFORMS,
  type Failed,
  type Platform,
  type Result,
  type RunContext,
  type SourceKind,
} from '@image-tooling/model';

/** The source and tool to lock. */
interface Locking {
  readonly tool: string;
  readonly kind: SourceKind;
  readonly context: RunContext;
}

/**
 * Returns what was found for each platform. Warns if a package is there for one platform only. Fails on other
 * failures, and if there is nothing for any platform.
 */
export function foundPlatforms<T>(
  { tool, kind, context }: Locking,
  found: ReadonlyMap<Platform, Result<T>>,
): Result<Partial<Record<Platform, T>>> {
  const absent = PLATFORMS.filter((platform) => isAbsent(found.get(platform)));
  const rest = [...found].filter(([platform]) => !absent.includes(platform));
  const present = all(rest.map(([, result]) => result));
  if (!present.ok) return present;
  if (rest.length === 0) return distinct(all([...found.values()]) as Failed);
  for (const platform of absent)
    context.progress.note(
      `${tool}: its source "${kind}" has nothing for ${platform}; images with it can't be built for that platform from this source.`,
    );
  return ok(
    Object.fromEntries(rest.map(([platform], index) => [platform, present.value[index]])) as Partial<
      Record<Platform, T>
    >,
  );
}

function isAbsent(result: Result<unknown> | undefined): boolean {
  return result !== undefined && !result.ok && result.failures[0].code === 'package-not-found';
}

/** Removes failures of the second platform with the same text. */
function distinct({ failures }: Failed): Failed {
  const [first, ...rest] = failures;
  return fail(first, ...rest.filter(({ message }) => message !== first.message));
}
