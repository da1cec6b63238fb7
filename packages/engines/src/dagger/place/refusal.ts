import { fail, type Failed } from '@image-tooling/model';

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
