import { setMaxListeners } from 'node:events';
import { isDowngrade, proxiesOf } from '@image-tooling/host';
import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import { findCredentials } from '../auth/credentials';
import { Login } from '../auth/login';
import { DEFAULT_TIMINGS, type RegistryOptions } from '../options';
import type { RepositoryName } from '../reference';
import type { RegistryAnswer, RegistryRequest, Send } from './types';
import { discard } from '../answers/read';
import { repositoryBase, type RepositoryBase } from './base';
import { Connections } from './connections';
import type { Conversation, WireRequest } from './conversation';
import { imitatedAnswer } from './dry-run';
import { caughtSource } from './source-fault';
import { shownUrl } from './record';
import { errorLines } from '../answers/error-lines';
import { takesNoWrites } from '../answers/meanings';
import { refusalFailure } from '../answers/refusal';
import { exchange } from './retries';
import { MACHINE, type Seams } from './seams';
import { Secrets } from './secrets';

/** `Send` for one repository. `close` ends its connections, also those in use; nothing can be sent afterwards. */
export type OpenSend = Send & {
  readonly base: RepositoryBase;
  /** Whether what is for the registry (Authorization) may go to an address: to its own origin alone. */
  readonly isHome: (url: URL) => boolean;
  /** Sends although the run was stopped, by the same login and connections: for cleaning up, and not for long. */
  readonly afterAbort: Send;
  readonly close: () => Promise<void>;
};

/** Opens a conversation with a registry about one repository. Nothing is sent before the first request. */
export function openSend(
  name: RepositoryName,
  options: RegistryOptions,
  seams: Partial<Seams> = {},
): OpenSend {
  const base = repositoryBase(name, options.plainHttp);
  const conversation = conversationOf(base, options, { ...MACHINE, ...seams });
  const { timings, signal, secrets } = conversation;
  const find = () => findCredentials(name, { env: options.env, signal, timings });
  const login = new Login(name, base, secrets, find, conversation.seams.now);
  const isHome = (url: URL): boolean => url.origin === base.url.origin;
  const sendBy =
    (by: Conversation): Send =>
    async (request) => {
      const refused = refuse(request, base, options.env, by);
      if (refused) return fail(refused);
      if (options.dryRun === true && isWrite(request)) return recorded(request, by);
      if (!isHome(request.url)) return exchange(by, wireRequest(request, false));
      return loggedIn(request, login, by);
    };
  const afterAbort = sendBy({ ...conversation, signal: new AbortController().signal });
  const close = () => conversation.connections.close();
  return Object.assign(sendBy(conversation), { base, isHome, afterAbort, close });
}

function conversationOf(base: RepositoryBase, options: RegistryOptions, seams: Seams): Conversation {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  // Every request that is under way listens: many are no leak.
  setMaxListeners(0, options.signal);
  const secrets = new Secrets();
  secrets.add(...proxiesOf(options.env).secrets);
  return {
    connections: new Connections(base.url, options.env, timings, seams),
    timings,
    signal: options.signal,
    seams,
    secrets,
    onRequest: options.onRequest ?? (() => undefined),
    note: options.note ?? (() => undefined),
  };
}

/** Sends with what the registry wants to know us by; asked for it, or for a newer one, sends once more. */
async function loggedIn(
  request: RegistryRequest,
  login: Login,
  conversation: Conversation,
): Promise<Result<RegistryAnswer>> {
  const current = await login.current(conversation, request);
  if (!current.ok) return current;
  const first = await exchange(conversation, wireRequest(request, true, current.value));
  if (!first.ok) return first;
  const { status, headers } = first.value;
  if (!isFromHome(first.value, request) || status !== 401)
    return judged(first.value, request, login, current.value);
  await discard(first.value);
  const renewed = await login.renewed(
    conversation,
    request,
    current.value,
    headers['www-authenticate'] ?? '',
  );
  if (!renewed.ok) return renewed;
  const second = await exchange(conversation, wireRequest(request, true, renewed.value));
  return second.ok ? judged(second.value, request, login, renewed.value) : second;
}

async function judged(
  answer: RegistryAnswer,
  request: RegistryRequest,
  login: Login,
  used: string | undefined,
): Promise<Result<RegistryAnswer>> {
  const isRefusal = answer.status === 401 || answer.status === 403;
  if (!isRefusal || !isFromHome(answer, request)) return ok(answer);
  const words = await errorLines(answer);
  if (takesNoWrites({ status: answer.status, method: request.method, words }))
    return fail(refusalFailure(answer, request, words));
  return login.refusal(request, { status: answer.status, words, used });
}

/** Whether the registry itself answered, rather than where it sent us. */
function isFromHome(answer: RegistryAnswer, request: RegistryRequest): boolean {
  return answer.url.origin === request.url.origin;
}

function refuse(
  request: RegistryRequest,
  base: RepositoryBase,
  env: NodeJS.ProcessEnv,
  { signal }: Conversation,
): Failure | undefined {
  if (signal.aborted) return { code: 'aborted', message: `Stopped before it was done: ${request.purpose}.` };
  const variable = proxiesOf(env).wrongFor(request.url);
  if (variable !== undefined)
    return {
      code: 'network',
      message: `Could not ${request.purpose}: ${variable} does not hold the address of a proxy.`,
      hint: 'Write it so: http://proxy.example:3128.',
    };
  if (!isDowngrade(base.url, request.url)) return undefined;
  return {
    code: 'network',
    message: `Could not ${request.purpose}: ${base.url.host} sent us from https to ${request.url.protocol}//${request.url.host}.`,
    hint: 'The registry does not know that it is behind https: set its own address in its configuration.',
  };
}

function isWrite({ method }: RegistryRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

function recorded(request: RegistryRequest, { onRequest }: Conversation): Promise<Result<RegistryAnswer>> {
  const { method, url, body } = request;
  onRequest({ method, url: shownUrl(url), sentBytes: 0, bodyBytes: body?.size ?? 0 });
  return caughtSource(async () => ok(await imitatedAnswer(request)));
}

const PERSONAL = /^(?:authorization|cookie|proxy-authorization)$/i;

function wireRequest(request: RegistryRequest, isHome: boolean, authorization?: string): WireRequest {
  const { method, url, headers = {}, body, purpose, repeatable = true } = request;
  const kept = Object.entries(headers).filter(([name]) => isHome || !PERSONAL.test(name));
  return {
    method,
    url,
    headers: Object.fromEntries(kept),
    purpose,
    repeatable,
    ...(body && { body }),
    ...(authorization !== undefined && { authorization }),
  };
}
