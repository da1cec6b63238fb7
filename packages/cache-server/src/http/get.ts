import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Access } from '../access';
import type { FoundEntry } from '../entries';
import { IDLE_MS, type Context } from './context';
import { missed, type Outcome } from './outcome';

/** Answers with the entry of the first namespace that has it. */
export async function answerGet(
  { entries }: Context,
  { access, hash }: { readonly access: Access; readonly hash: string },
  response: ServerResponse,
): Promise<Outcome> {
  // What follows until the entry is sent is this server's time, not the client's.
  response.socket?.setTimeout(0);
  for (const namespace of access.reads) {
    const found = await entries.read(namespace, hash);
    if (!found.ok) return missed('storage', { access, detail: found.failures[0].message });
    if (found.value) return sendEntry(found.value, access, response);
  }
  return missed('miss', { access });
}

async function sendEntry(entry: FoundEntry, access: Access, response: ServerResponse): Promise<Outcome> {
  const { size } = entry.header;
  const hit = { status: 200, reason: 'hit', trueStatus: 200, access, bytes: size, isAnswered: true } as const;
  try {
    response.socket?.setTimeout(IDLE_MS);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
    const content = entry.open();
    if (Buffer.isBuffer(content)) response.end(content);
    else await pipeline(content, response);
    return hit;
  } catch (error) {
    // The status was sent: the client sees an answer that is too short.
    response.destroy();
    return { ...hit, reason: 'cancelled', trueStatus: 499, detail: (error as Error).message };
  } finally {
    await entry.end();
  }
}
