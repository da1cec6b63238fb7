import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import type { Arguments } from '../../arguments';

/** Refuses names where a command takes none. Fails with `usage`. */
export function noNames({ command, positional }: Arguments): Result<void> {
  if (positional.length === 0) return ok(undefined);
  return usage(`"${command}" takes no names; got ${positional.length}.`, `Write: image-tooling ${command}`);
}

/** A failure of how a command was called. */
export function usage(message: string, hint: string): Failed {
  return fail({ code: 'usage', message, hint });
}
