import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { AnswerBody } from '../src/http/answer-body';
import { IdleTimeout } from '../src/http/timeouts';
import { DOWNLOAD_TIMINGS } from '../src/http/timings';

/** Collects what would end a process. */
function crashes(): Error[] {
  const seen: Error[] = [];
  const record = (error: Error): void => void seen.push(error);
  process.on('uncaughtException', record);
  onTestFinished(() => void process.off('uncaughtException', record));
  return seen;
}

it.each([
  ['before it was read', () => undefined],
  ['while it waits for bytes', (body: Readable) => void body.read(0)],
])(
  'a body that breaks %s does not crash without a listener; a later reader gets the error',
  async (_, begin) => {
    const seen = crashes();
    const source = new Readable({ read: () => undefined });
    const body = new AnswerBody(source, {
      timeout: new IdleTimeout(new AbortController().signal),
      timings: DOWNLOAD_TIMINGS,
      env: {},
      now: () => 0,
      errorFor: ({ words }) => new Error(words),
    });
    begin(body);
    source.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    expect(seen).toEqual([]);
    await expect(text(body)).rejects.toThrow('after 0 bytes of the answer');
  },
);
