import type { Send } from './types';
import type { OpenSend } from './open-send';

/** Sends, and tells the time of each of the registry's own answers (RFC 9110 §6.6.1, "Date"): not that of its storage. */
export function tellingDate(send: OpenSend, onDate: ((date: Date) => void) | undefined): Send {
  if (!onDate) return send;
  return async (request) => {
    const answer = await send(request);
    const date = answer.ok && send.isHome(answer.value.url) ? answer.value.headers['date'] : undefined;
    const time = date === undefined ? NaN : Date.parse(date);
    if (!Number.isNaN(time)) onDate(new Date(time));
    return answer;
  };
}
