import type { Method, RequestBody, RequestRecord } from './types';
import type { RegistryTimings } from '../options';
import type { Connections } from './connections';
import type { Seams } from './seams';
import type { Secrets } from './secrets';

/** What all requests to a registry share. */
export interface Conversation {
  readonly connections: Connections;
  readonly timings: RegistryTimings;
  readonly signal: AbortSignal;
  readonly seams: Seams;
  readonly secrets: Secrets;
  readonly onRequest: (record: RequestRecord) => void;
  readonly note: (line: string) => void;
}

/** A request as it goes out. */
export interface WireRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** The body holds a login: it goes to no other origin, wherever an answer sends us. */
  readonly isBodySecret?: boolean;
  /** Value of the Authorization header: for the origin of `url` alone. */
  readonly authorization?: string;
  readonly purpose: string;
  readonly repeatable: boolean;
}
