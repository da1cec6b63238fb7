import { join } from 'node:path';
import { writeFileAtomic } from '@image-tooling/host';
import { ok, type Result, type Tool } from '@image-tooling/model';
import type { Session } from '../../session';
import type { LockedKind, LockPart } from './part';

/** What is written. */
export interface Written {
  /** In the order of their kinds. */
  readonly parts: readonly LockPart[];
  /** The text of tool.json, if it changes. */
  readonly definition?: string;
}

/**
 * Writes a tool's lock. lock.json comes last: it names the inputs of the files next to it, so an interrupted
 * lock is detected as stale. Fails with `disk-full` or `io`.
 */
export async function writeToolLock(
  { root }: Session,
  { folder, definition }: Tool,
  kinds: readonly LockedKind[],
  { parts, definition: text }: Written,
): Promise<Result<void>> {
  const contents = kinds.map((kind, index) => [kind, parts[index]?.content] as const);
  const lock = { lockVersion: 1, version: definition.version, ...Object.fromEntries(contents) };
  const files: Record<string, string> = {
    ...(text !== undefined && { 'tool.json': text }),
    ...(Object.assign({}, ...parts.map((part) => part.files ?? {})) as Record<string, string>),
  };
  for (const [name, text] of [...Object.entries(files), ['lock.json', lockText(lock)] as const]) {
    const written = await writeFileAtomic(join(root, folder, name), text);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

function lockText(lock: unknown): string {
  return `${JSON.stringify(lock, null, 2)}\n`;
}
