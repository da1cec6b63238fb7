import { fail, type Failed } from '@image-tooling/model';

/** A failure of how a command was called. */
export function usage(message: string, hint: string): Failed {
  return fail({ code: 'usage', message, hint });
}
