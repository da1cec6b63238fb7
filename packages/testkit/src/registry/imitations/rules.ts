import type { Exchange, Step } from '../proxy/exchange';
import { answerItself, errorAnswer, type PlainAnswer } from '../proxy/send';
import { plainRequest, type RegistryAddress } from '../read/get';
import { askedOf, isDigest, queryOf } from '../steps/asked';

/** Refuses requests for which `refuses` returns an answer. */
export function refusing(
  refuses: (exchange: Exchange) => PlainAnswer | undefined | Promise<PlainAnswer | undefined>,
): Step {
  return async (exchange, next) => {
    const answer = await refuses(exchange);
    return answer ? answerItself(exchange, answer) : next();
  };
}

/** No deletion through the registry API. */
export const noDeletes: Step = refusing(({ record }) =>
  record.method === 'DELETE' ? errorAnswer(405, 'UNSUPPORTED', 'The operation is unsupported.') : undefined,
);

/** A mount opens an upload (OCI distribution-spec 1.1, "Mounting a blob from another repository"). */
export const noMounts: Step = async (exchange, next) => {
  const query = queryOf(exchange);
  if (exchange.record.method === 'POST' && query.has('mount')) exchange.target = exchange.record.path;
  return next();
};

/** Returns the tag that a manifest is pushed to, if it exists, with its digest. */
export async function takenTag(
  exchange: Exchange,
  upstream: RegistryAddress,
): Promise<{ readonly repository: string; readonly tag: string; readonly digest: string } | undefined> {
  const asked = askedOf(exchange);
  if (asked?.kind !== 'manifests' || exchange.record.method !== 'PUT' || isDigest(asked.rest))
    return undefined;
  const { status, headers } = await plainRequest(upstream, 'HEAD', exchange.record.path);
  if (status !== 200) return undefined;
  return { repository: asked.repository, tag: asked.rest, digest: String(headers['docker-content-digest']) };
}

/** Only the names in `repositories` exist; refuses a push to another. */
export function onlyRepositories(
  exists: (repository: string) => boolean,
  answer: (repository: string) => PlainAnswer,
): Step {
  return refusing((exchange) => {
    const asked = askedOf(exchange);
    const writes = /^(POST|PUT|PATCH)$/.test(exchange.record.method);
    return asked && writes && !exists(asked.repository) ? answer(asked.repository) : undefined;
  });
}
