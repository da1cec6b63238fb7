import {
  checkToolLock,
  fail,
  ok,
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
