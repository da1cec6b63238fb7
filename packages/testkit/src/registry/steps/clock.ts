import type { Step } from '../proxy/exchange';

/** Returns a registry whose clock is ahead of ours by so many seconds, or behind: its Date headers say so. */
export function clockOff(seconds: number): Step {
  return async (exchange, next) => {
    exchange.answerChanges.push((answer) => {
      const date = new Date(Date.now() + seconds * 1000).toUTCString();
      return { ...answer, headers: { ...answer.headers, date } };
    });
    return next();
  };
}
