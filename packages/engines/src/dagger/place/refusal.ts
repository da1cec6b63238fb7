import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import type { Looked } from './types';

export interface Refusal {
  /** The variable that names the place. */
  readonly variable: string;
  readonly message: string;
  readonly cause: string;
  /** Beginning of the hint: how to keep using the place. */
  readonly remedy: string;
}

/** Returns the failure for a place in the environment that can't be used, which is never ignored. */
export function refuse({ variable, message, cause, remedy }: Refusal): Failed {
  return fail({
    code: 'no-engine',
    message: `${variable} ${message}: ${cause}.`,
    hint: `${remedy}, unset ${variable} to use another engine of this machine, or set IMAGE_ENGINE=buildah.`,
  });
}

/** Returns why a place of the machine has no engine; the next one is tried. */
export function nothing(cause: string, detail?: string): Result<Looked> {
  return ok({ nothing: { cause, detail } });
}
