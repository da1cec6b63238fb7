import type { KeyObject } from 'node:crypto';
import type { IdleTimeout } from '@image-tooling/host';
import { MOST_HEADER_BYTES, MOST_PAYLOAD_BYTES, type EntryHeader } from '../entry/header';
import { readEntry } from '../entry/read';
import type { Refusal } from '../entry/refusal';
import type { FoundEntry } from '../sources/source';
import type { Lane } from './lane';
import type { Payload } from './payload';
import { raced, withIdleLimit } from './raced';
import type { Spool } from './spool';

/** What readers accept, whatever the task. */
export interface ReadPolicy {
  readonly repository: string;
  readonly trusted: ReadonlyMap<string, KeyObject>;
  readonly maxAgeMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A checked payload, which the caller removes. */
export interface Downloaded {
  readonly payload: Payload;
  readonly header: EntryHeader;
}

/** What a source has for a hash. */
export type Answer = Downloaded | { readonly refused: Refusal } | 'missing';

const MOST_ENTRY_BYTES = MOST_PAYLOAD_BYTES + MOST_HEADER_BYTES;

/** Reads entries from sources, and keeps them until they are complete and checks them. */
export class Downloads {
  constructor(
    private readonly spool: Spool,
    private readonly policy: ReadPolicy,
  ) {}

  /** Returns undefined if the source failed. Throws a `Fault` of the spool if the file can't be written. */
  from(lane: Lane, hash: string): Promise<Answer | undefined> {
    return lane.transfer(
      async (timeout) => {
        const found = await ask(lane, hash, timeout);
        return found ? this.read(found, hash, lane, timeout) : 'missing';
      },
      (error) => this.spool.threw(error),
    );
  }

  private async read(found: FoundEntry, hash: string, lane: Lane, timeout: IdleTimeout): Promise<Answer> {
    found.body.on('error', () => undefined);
    try {
      if ((found.size ?? 0) > MOST_ENTRY_BYTES) return { refused: 'too-large' };
      return await this.kept(withIdleLimit(found.body, timeout, lane.timings.stallSeconds), hash);
    } finally {
      found.body.destroy();
    }
  }

  private async kept(pieces: AsyncIterable<Uint8Array>, hash: string): Promise<Answer> {
    const { now, ...policy } = this.policy;
    let payload: Payload | undefined;
    let isGood = false;
    const write = async (piece: Uint8Array, { size }: EntryHeader): Promise<void> => {
      payload ??= await this.spool.newPayload(size);
      await payload.write(piece);
    };
    try {
      const read = await readEntry(pieces, { ...policy, hash, now: now() }, write);
      if ('refused' in read) return read;
      if (!payload) throw new Error('an entry without a piece');
      await payload.close();
      isGood = true;
      return { payload, header: read.header };
    } finally {
      if (!isGood) await payload?.remove();
    }
  }
}

async function ask(
  { source, timings }: Lane,
  hash: string,
  timeout: IdleTimeout,
): Promise<FoundEntry | undefined> {
  const { readAnswerSeconds } = timings;
  timeout.start(readAnswerSeconds, `gave no answer within ${readAnswerSeconds} s`);
  const found = await raced(source.get(hash, timeout.signal), timeout.signal);
  timeout.stop();
  return found;
}
