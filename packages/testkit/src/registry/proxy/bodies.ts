import { setTimeout as sleep } from 'node:timers/promises';
import { Cut, type BodyChange } from './exchange';

/** Passes this many bytes, then fails. */
export function cutAfter(bytes: number): BodyChange {
  return async function* (body) {
    let left = bytes;
    for await (const chunk of body) {
      if (chunk.length < left) yield chunk;
      else {
        yield chunk.subarray(0, left);
        throw new Cut(`Cut after ${bytes} bytes.`);
      }
      left -= chunk.length;
    }
    throw new Cut(`Cut at the end, before ${bytes} bytes.`);
  };
}

/** Runs a function after this many bytes; at the end if there are fewer. */
export function runAfter(bytes: number, work: () => unknown): BodyChange {
  return async function* (body) {
    let left = bytes;
    for await (const chunk of body) {
      if (left >= 0 && chunk.length >= left) {
        yield chunk.subarray(0, left);
        await work();
        yield chunk.subarray(left);
        left = -1;
      } else {
        yield chunk;
        if (left >= 0) left -= chunk.length;
      }
    }
    if (left >= 0) await work();
  };
}

/** Ends after so many bytes. */
export function firstBytes(bytes: number): BodyChange {
  return async function* (body) {
    let left = bytes;
    for await (const chunk of body) {
      if (left > 0) yield chunk.subarray(0, left);
      left -= chunk.length;
    }
  };
}

/** Turns the lowest bit of the byte at this place. */
export function flippedAt(place: number): BodyChange {
  return async function* (body) {
    let offset = 0;
    for await (const chunk of body) {
      const at = place - offset;
      if (at >= 0 && at < chunk.length) {
        const changed = Buffer.from(chunk);
        changed[at]! ^= 1;
        yield changed;
      } else yield chunk;
      offset += chunk.length;
    }
  };
}

/** One byte after the other, at so many a second. `wait` gets milliseconds. */
export function slowed(bytesPerSecond: number, wait = waitUnreferenced): BodyChange {
  return async function* (body) {
    for await (const chunk of body)
      for (let at = 0; at < chunk.length; at++) {
        await wait(1000 / bytesPerSecond);
        yield chunk.subarray(at, at + 1);
      }
  };
}

function waitUnreferenced(ms: number): Promise<void> {
  return sleep(ms, undefined, { ref: false });
}
