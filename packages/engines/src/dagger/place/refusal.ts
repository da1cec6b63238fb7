import { fail, ok, type Failed, type Result } from '@image-tooling/model';
import type { Looked } from './types';

export interface Refusal {
  /** The variable that names the place. */
  readonly variable: string;
  readonly message: string;
  readonly cause: string;
  /** Beginning of the hint: what else than leaving the place would help. */
  readonly remedy: string;
}

/** The failure for a place that the environment names and that can't be used: never passed over in silence. */
export function refuse({ variable, message, cause, remedy }: Refusal): Failed {
  return fail({
    code: 'no-engine',
    message: `${variable} ${message}: ${cause}.`,
    hint: `${remedy}, unset ${variable} to use what else this machine has, or set IMAGE_ENGINE=buildah.`,
  });
}

/** A place of the machine that has no engine: it is passed over. */
export function nothing(cause: string, detail?: string): Result<Looked> {
  return ok({ nothing: { cause, detail } });
}
