import { Fault, failureOf } from '@image-tooling/host';
import { isKey } from '../object/key';
import type { ListedObject } from '../object/port';
import type { S3Requests } from './requests';

interface Listing {
  readonly requests: S3Requests;
  /** For messages. */
  readonly name: string;
  /** Of the store: stands before each key. */
  readonly prefix: string;
  readonly signal: AbortSignal | undefined;
}

/** A page has at most 1,000 objects, each below 2 KB. */
const MOST_BYTES = 4_000_000;

/** Yields the objects whose keys begin with `wanted`, page by page (S3 API Reference, ListObjectsV2). */
export async function* listObjects(listing: Listing, wanted: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const page = await readPage(listing, wanted, token);
    for (const found of elements(page, 'Contents')) {
      const object = describe(found, listing.prefix);
      if (object) yield object;
    }
    const next = elements(page, 'NextContinuationToken')[0];
    if (next !== undefined && next === token) throw endless(listing.name);
    token = next && decode(next);
  } while (token !== undefined);
}

async function readPage(listing: Listing, wanted: string, token: string | undefined): Promise<string> {
  const { requests, name, prefix, signal } = listing;
  const query: Record<string, string> = { 'list-type': '2', prefix: prefix + wanted };
  if (token !== undefined) query['continuation-token'] = token;
  const answer = await requests.send({
    ...{ method: 'GET', path: '/', query, signal, purpose: `list ${name}` },
    expected: [200],
  });
  let text = '';
  try {
    for await (const piece of answer.body as AsyncIterable<Uint8Array>)
      if ((text += Buffer.from(piece).toString('latin1')).length > MOST_BYTES) break;
  } catch (error) {
    throw new Fault(failureOf(error, name));
  }
  if (!text.includes('ListBucketResult') || !text.trimEnd().endsWith('>'))
    throw notAList(name, answer.url.host);
  return text;
}

/** Other programs' objects, whose names are not keys, are left out: no key needs XML's escapes. */
function describe(contents: string, prefix: string): ListedObject | undefined {
  const [name = ''] = elements(contents, 'Key');
  const [size = ''] = elements(contents, 'Size');
  const storedAt = Date.parse(elements(contents, 'LastModified')[0] ?? '');
  const key = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  if (!isKey(key) || !/^\d+$/.test(size) || Number.isNaN(storedAt)) return undefined;
  return { key, size: Number(size), storedAt };
}

function elements(text: string, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map((match) => match[1]!);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!);
}

function notAList(name: string, host: string): Fault {
  return new Fault({
    code: 'network',
    message: `Could not list ${name}: ${host} sent something else than a list.`,
  });
}

function endless(name: string): Fault {
  return new Fault({ code: 'network', message: `Could not list ${name}: the server repeats a page.` });
}
