import type { Step } from '../proxy/exchange';
import { answerItself, errorAnswer } from '../proxy/send';
import type { UserPassword } from '../real/config';

/** Basic authorisation in the proxy (RFC 7617): the registry behind it needs none. */
export function basicAuth({ user, password }: UserPassword, realm = 'test'): Step {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return async (exchange, next) => {
    const { authorization, ...headers } = exchange.headers;
    exchange.headers = headers;
    if (authorization === wanted) return next();
    const answer = errorAnswer(401, 'UNAUTHORIZED', 'authentication required');
    const challenge = `Basic realm="${realm}",service="${realm}"`;
    return answerItself(exchange, {
      ...answer,
      headers: { ...answer.headers, 'www-authenticate': challenge },
    });
  };
}
