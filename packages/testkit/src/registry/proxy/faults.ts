import type { ProxiedRequest } from './exchange';
import type { PlainAnswer } from './send';

/** Something that may go wrong between a client and a registry. */
export type RegistryFault =
  /**
   * Answers without asking the registry. `early`: before the request's body is read, then closes the
   * connection.
   */
  | ({ readonly kind: 'answer'; readonly early?: boolean } & PlainAnswer)
  /** Resets both connections once so many bytes of the request's body were passed on. */
  | { readonly kind: 'reset-request'; readonly afterBytes: number }
  /** The registry does what it is asked; the client's connection is reset before the answer. */
  | { readonly kind: 'lose-reply' }
  /** Resets the client's connection after so many bytes of the answer's body; 0: after the headers. */
  | { readonly kind: 'reset-answer'; readonly afterBytes: number }
  /** Ends the response body early, as if it were complete. */
  | { readonly kind: 'truncate-answer'; readonly bytes: number }
  /** Turns the lowest bit of one byte of the answer's body; length and digest headers stay. */
  | { readonly kind: 'flip-bit'; readonly at: number }
  /** Another, well-formed JSON document as body; the digest header stays. */
  | { readonly kind: 'alter-manifest'; readonly edit: (json: Record<string, unknown>) => void }
  /** The answer's body comes at so many bytes a second, one by one. */
  | { readonly kind: 'slow-answer'; readonly bytesPerSecond: number }
  /** The request's body is taken at so many bytes a second. */
  | { readonly kind: 'slow-request'; readonly bytesPerSecond: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** A mount is passed on as a request for an upload: answered with 202. */
  | { readonly kind: 'mount-202' }
  /** Sends the client elsewhere, to the same path and query (307). */
  | { readonly kind: 'redirect'; readonly to: string }
  /**
   * Runs something first, then goes on: before the registry is asked (default), when so many bytes of the
   * request's body have been passed on, or when the registry has answered and the client does not know yet.
   * Where the work gives 'cut', both connections are cut then.
   */
  | {
      readonly kind: 'run';
      readonly work: (request: ProxiedRequest) => unknown;
      readonly when?: 'asked' | 'answered' | { readonly afterBytes: number };
    };

/** Which requests match. */
export interface RequestMatch {
  /** Default: any. */
  readonly method?: string | RegExp;
  /** Against path and query; default: any. */
  readonly path?: RegExp;
  /** Only the nth of those that match, from 1. */
  readonly nth?: number;
  /** How many requests it affects; default: all. */
  readonly times?: number;
}

/** A fault of the requests that match. */
export interface RegistryFaultRule extends RequestMatch {
  readonly fault: RegistryFault;
}

/** Rules in force; of those that match, the one added last acts. */
export class Rules {
  private rules: { readonly rule: RegistryFaultRule; seen: number; met: number }[] = [];

  add(rule: RegistryFaultRule): void {
    this.rules.unshift({ rule, seen: 0, met: 0 });
  }

  clear(): void {
    this.rules = [];
  }

  /** Returns the fault for a request; all matching rules count it. */
  meet(request: ProxiedRequest): RegistryFault | undefined {
    const matching = this.rules.filter(({ rule }) => matches(rule, request));
    for (const entry of matching) entry.seen++;
    const active = matching.find(
      ({ rule: { nth, times = Infinity }, seen, met }) => met < times && (nth === undefined || nth === seen),
    );
    if (active) active.met++;
    return active?.rule.fault;
  }
}

function matches({ method, path }: RequestMatch, request: ProxiedRequest): boolean {
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const sameMethod =
    typeof method === 'string' ? method === request.method : (method?.test(request.method) ?? true);
  return sameMethod && (path?.test(target) ?? true);
}
