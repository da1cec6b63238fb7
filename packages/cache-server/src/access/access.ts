import type { Namespace, Writer } from '../entries';

/** What a request may do, from its verified token alone. */
export interface Access {
  readonly project: string;
  /** Where entries are looked up, in this order. */
  readonly reads: readonly Namespace[];
  /** Where entries are stored; undefined: nowhere. */
  readonly writes?: Namespace;
  readonly writer: Writer;
}

/** Why a request may do nothing: for the log, metrics and the header of the answer. */
export type Denial =
  | 'no-token'
  | 'unknown-token'
  | 'unknown-issuer'
  | 'unknown-project'
  | 'invalid-token'
  | 'expired-token'
  | 'keys-unavailable';

export type Decision = { readonly access: Access } | { readonly denial: Denial; readonly detail?: string };
