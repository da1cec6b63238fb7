import type { Failure } from '@image-tooling/model';
import { errorLines } from './error-lines';
import type { HttpAnswer, HttpRequest, Method } from '@image-tooling/host';

/** An answer that is a refusal. */
export interface Refused {
  readonly status: number;
  readonly method: Method;
  /** The registry's error messages, one a line: the error code first if there is one. */
  readonly words: readonly string[];
}

/** How we report a refusal. */
export interface StatusMeaning {
  readonly code: Failure['code'];
  readonly hint: string;
  /** Follows the registry's name; `said` is the status and the error codes. */
  readonly says: (said: string) => string;
}

/**
 * Returns how to report a refusal: the first row that matches. Error codes: OCI distribution-spec 1.1, "Error Codes".
 */
export function meaningOf(refused: Refused): StatusMeaning {
  return (TABLE.find(([fits]) => fits(refused)) ?? LAST)[1];
}

/** Returns the error codes in a registry's messages: `BLOB_UPLOAD_UNKNOWN`. */
export function errorCodes(words: readonly string[]): string[] {
  return words.flatMap((line) => /^[A-Z_]+(?=:|$)/.exec(line)?.[0] ?? []);
}

/**
 * Whether a registry accepts no writes at all: 405, as from Distribution in its read-only mode, or a refusal whose
 * message says so, as Harbor's 403 and a proxy cache's.
 */
export function takesNoWrites({ status, method, words }: Refused): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  if (status === 405 || has(words, 'UNSUPPORTED')) return true;
  return [400, 403, 409, 503].includes(status) && /read[- _]?only/i.test(words.join(' '));
}

/** Whether an answer with a retryable status names a permanent cause, such as a full disk. Reads the body's start. */
export async function saysLasting(answer: HttpAnswer, { method }: HttpRequest): Promise<boolean> {
  const refused = { status: answer.status, method, words: await errorLines(answer) };
  return isFull(refused) || takesNoWrites(refused);
}

function isFull({ status, words }: Refused): boolean {
  const says = /no space left|disk full|disk quota|insufficient storage|quota|ENOSPC/i.test(words.join(' '));
  return status === 507 || (says && (status >= 500 || [403, 412, 413].includes(status)));
}

function has(words: readonly string[], code: string): boolean {
  return errorCodes(words).includes(code);
}

const answered =
  (more = '') =>
  (said: string): string =>
    `answered ${said}${more}`;

type Row = readonly [fits: (refused: Refused) => boolean, meaning: StatusMeaning];

const TABLE: readonly Row[] = [
  [
    (refused) => refused.method === 'DELETE' && takesNoWrites(refused),
    {
      code: 'registry-refused',
      says: (said) => `deletes nothing, or is read-only (it answered ${said})`,
      hint: 'Ask the owner of the registry to enable deletion in its settings.',
    },
  ],
  [
    takesNoWrites,
    {
      code: 'registry-refused',
      says: (said) => `accepts no writes: it is read-only (it answered ${said})`,
      hint: 'Publish to a registry that accepts writes, or ask the owner of this one to end its read-only mode.',
    },
  ],
  [
    isFull,
    {
      code: 'registry-full',
      says: (said) => `has no space left (it answered ${said})`,
      hint: 'Free space there (image-tooling registry prune) or raise the quota, then run it again: what the registry has already is not sent again.',
    },
  ],
  [
    ({ status, words }) => status === 401 || (status < 500 && has(words, 'UNAUTHORIZED')),
    {
      code: 'registry-auth',
      says: answered(' (login required)'),
      hint: 'Log in: REGISTRY_USERNAME and REGISTRY_PASSWORD, or docker login.',
    },
  ],
  [
    ({ status, words }) => status === 403 || (status < 500 && has(words, 'DENIED')),
    {
      code: 'registry-refused',
      says: answered(' (not allowed)'),
      hint: 'The account may lack permission, or a rule of the registry forbids it: ask its owner.',
    },
  ],
  [
    ({ status }) => status === 413,
    {
      code: 'registry-refused',
      says: answered(' (too large)'),
      hint: 'The registry, or a proxy in front of it, limits the size of a request: raise that limit.',
    },
  ],
  [
    ({ words }) => has(words, 'DIGEST_INVALID'),
    {
      code: 'checksum',
      says: answered(' (it received other bytes than were sent)'),
      hint: 'A proxy or mirror on the way may have changed the bytes: check it.',
    },
  ],
  [
    ({ status }) => status === 404 || status === 410,
    {
      code: 'gone',
      says: answered(' (no such repository or content)'),
      hint: 'Check the name of the repository; some registries need it created first.',
    },
  ],
  [
    ({ status }) => status >= 500,
    {
      code: 'http-status',
      says: answered(' (server error)'),
      hint: 'Run it again later; if it fails again, check the log of the registry.',
    },
  ],
];

const LAST: Row = [
  () => true,
  {
    code: 'http-status',
    says: answered(),
    hint: 'Check that this is the address of the registry itself.',
  },
];
