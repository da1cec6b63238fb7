import { isAnswer, type Exchange, type HttpAnswer } from '@image-tooling/host';
import type { RegistryOptions } from '../options';
import type { Secrets } from './secrets';
import { shownUrl } from './shown-url';
import { dateOf, warningsOf } from './warnings';

export interface RecordingOptions extends Pick<RegistryOptions, 'onRequest' | 'onDate' | 'note'> {
  /** Whether a URL belongs to the registry itself: dates and warnings of its storage hosts are not reported. */
  readonly isHome: (url: URL) => boolean;
  readonly secrets: Secrets;
}

/** Records each request on the wire, and reports the date and warnings in the registry's own answers. */
export function withRecording(exchange: Exchange, options: RecordingOptions): Exchange {
  const { onRequest, onDate, note, isHome, secrets } = options;
  const reported = new Set<string>();
  const report = (answer: HttpAnswer): void => {
    const date = dateOf(answer);
    if (date) onDate?.(date);
    for (const warning of warningsOf(answer).filter((one) => !reported.has(one))) {
      reported.add(warning);
      note?.(`${answer.url.host} warns: ${secrets.redacted(warning)}`);
    }
  };
  return async (request) => {
    const exchanged = await exchange(request);
    const { outcome, sentBytes } = exchanged;
    const status = isAnswer(outcome) ? { status: outcome.status } : {};
    onRequest?.({ method: request.method, url: shownUrl(request.url), ...status, sentBytes });
    if (isAnswer(outcome) && isHome(outcome.url)) report(outcome);
    return exchanged;
  };
}
