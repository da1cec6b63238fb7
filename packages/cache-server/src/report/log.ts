import type { Writable } from 'node:stream';

type Value = string | number | boolean | undefined;

/** Writes one line of JSON for each event; never a token or a header of a request. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, Value>>,
) => void;

/** Returns a log that writes to a stream. Fields without a value are left out. */
export function openLog(stream: Pick<Writable, 'write'>, now: () => Date = () => new Date()): Log {
  return (level, event, fields = {}) => {
    stream.write(`${JSON.stringify({ time: now().toISOString(), level, event, ...fields })}\n`);
  };
}
