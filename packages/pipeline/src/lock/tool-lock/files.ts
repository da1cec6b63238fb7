import { join } from 'node:path';
import type { Tool } from '@image-tooling/model';
import type { LockedKind, LockPart } from './part';

/** What is locked. */
export interface ResolvedTool {
  /** In the order of their kinds. */
  readonly parts: readonly LockPart[];
  /** The text of tool.json, if it changes. */
  readonly definition?: string;
}

/** Returns the files of a tool's lock, and its tool.json if that changes: contents by path below the workspace. */
export function toolLockFiles(
  { folder, definition }: Tool,
  kinds: readonly LockedKind[],
  { parts, definition: text }: ResolvedTool,
): Record<string, string> {
  const contents = kinds.map((kind, index) => [kind, parts[index]?.content] as const);
  const lock = { lockVersion: 1, version: definition.version, ...Object.fromEntries(contents) };
  const files: Record<string, string> = {
    ...(text !== undefined && { 'tool.json': text }),
    ...(Object.assign({}, ...parts.map((part) => part.files ?? {})) as Record<string, string>),
    'lock.json': `${JSON.stringify(lock, null, 2)}\n`,
  };
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [join(folder, name), content]));
}
