import type { Step } from '../proxy/exchange';
import { bytesOf, wholeAnswer } from '../proxy/send';
import { askedOf, queryOf } from './asked';

/**
 * Lists tags in pages of at most so many (OCI distribution-spec 1.1, "Listing Tags"); docker-registry 2.8
 * does not.
 */
export function pagedTags(pageSize: number): Step {
  return async (exchange, next) => {
    if (askedOf(exchange)?.kind !== 'tags') return next();
    const { path } = exchange.record;
    const query = queryOf(exchange);
    exchange.target = path;
    exchange.answerChanges.push(async (answer) => {
      if (answer.status !== 200) return answer;
      const { name, tags } = JSON.parse((await bytesOf(answer.body)).toString()) as {
        name: string;
        tags: string[];
      };
      const last = query.get('last') ?? '';
      const later = [...tags].sort().filter((tag) => tag > last);
      const count = Math.min(pageSize, Number(query.get('n') ?? pageSize));
      const page = later.slice(0, count);
      const link = `<${path}?n=${count}&last=${page.at(-1)}>; rel="next"`;
      const whole = wholeAnswer({ status: 200, body: JSON.stringify({ name, tags: page }) });
      const headers = { ...answer.headers, ...whole.headers, ...(later.length > count && { link }) };
      return { ...whole, headers };
    });
    return next();
  };
}
