import { caught } from '@image-tooling/host';
import { displayPath, type StreamedEntry } from '@image-tooling/layer';
import type { Result } from '@image-tooling/model';
import { readGoProgram } from './go-files';
import { Collected } from './collected';
import { readProgram } from './program';
import { textReader, type TextReader } from './text-files';
import type { ReadLayer, Scope } from './types';

export interface ReadRequest {
  /** The layer in messages. */
  readonly name: string;
  readonly scope: Scope;
  /** An empty folder, for one program at a time. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Reads what is in a layer from its entries, in one pass and bounded memory. Fails with `disk-full`, `io` or `aborted`,
 * and as reading the entries does; what is in the layer and can't be read is in `unread`.
 */
export async function readContents(
  entries: AsyncIterable<StreamedEntry>,
  request: ReadRequest,
): Promise<Result<ReadLayer>> {
  return caught(request.name, async () => {
    const collected = new Collected();
    for await (const streamed of entries) {
      request.signal.throwIfAborted();
      const { type } = streamed.entry;
      if (type === 'file') await takeFile(streamed, request, collected);
      if (type === 'symlink') collected.addLink(streamed.entry);
    }
    return collected.result(request.scope);
  });
}

async function takeFile(streamed: StreamedEntry, request: ReadRequest, into: Collected): Promise<void> {
  const { entry } = streamed;
  if ((entry.mode & PRIVILEGED) !== 0) into.addPrivileged(entry);
  const reader = await textReader(entry.path, request.scope);
  if (reader) {
    await takeText(streamed, reader, into);
    return;
  }
  if (request.scope === 'system') return;
  const path = displayPath(entry.path);
  const program = await readProgram(streamed, request, async (file) =>
    into.addGo(path, await readGoProgram(path, file)),
  );
  if (program) into.addFile(program);
}

/** setuid and setgid. */
const PRIVILEGED = 0o6000;

/** Bytes: dpkg's status of a system with all Debian packages has about 80 MB. */
const MOST_TEXT = 128 * 1024 * 1024;

async function takeText(streamed: StreamedEntry, read: TextReader, into: Collected): Promise<void> {
  const path = displayPath(streamed.entry.path);
  if (streamed.entry.size > MOST_TEXT) {
    into.addUnread(path, `It has more than ${MOST_TEXT} bytes.`);
    return;
  }
  const found: Buffer[] = [];
  for await (const piece of streamed.pieces()) found.push(Buffer.from(piece));
  read(Buffer.concat(found).toString('utf8'), path, into);
}
