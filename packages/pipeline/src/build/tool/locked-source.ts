import {
  checkToolLock,
  fail,
  ok,
  packageFiles,
  type PackageFiles,
  type Platform,
  type Result,
  type Tool,
  type ToolLock,
} from '@image-tooling/model';

/** Kinds of source whose lock names one file for each platform. */
type FileKind = 'release' | 'npm' | 'deb';

type Locked<Kind extends FileKind> = NonNullable<NonNullable<ToolLock[Kind]>[Platform]>;

/** Returns a platform's file in a tool's lock. Fails with the failures of `checkToolLock`. */
export function lockedSource<Kind extends FileKind>(
  tool: Tool,
  kind: Kind,
  platform: Platform,
): Result<Locked<Kind>> {
  const [first, ...rest] = checkToolLock(tool, [platform], kind);
  if (first) return fail(first, ...rest);
  const locked = tool.lock?.value[kind]?.[platform];
  if (!locked) throw new Error(`${tool.name} is not locked, which was checked`);
  return ok(locked as Locked<Kind>);
}

/** The files that a tool takes from a package, and the package in its lock. */
export interface LockedFiles<Kind extends 'npm' | 'deb'> extends PackageFiles {
  readonly locked: Locked<Kind>;
}

/** Returns what a tool takes from its package. Fails with `schema`, and as `lockedSource` does. */
export function lockedFiles<Kind extends 'npm' | 'deb'>(
  tool: Tool,
  kind: Kind,
  platform: Platform,
): Result<LockedFiles<Kind>> {
  const wanted = packageFiles(tool.definition, kind, platform);
  if (!wanted.ok) return wanted;
  const locked = lockedSource(tool, kind, platform);
  return locked.ok ? ok({ ...wanted.value, locked: locked.value }) : locked;
}
