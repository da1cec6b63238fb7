import { discardBody, Fault } from '@image-tooling/host';
import { expectStatus } from '../answers/expect';
import { readAnswer } from '../answers/read';
import { PULL, type Context } from '../context';
import type { RegistryAnswer } from '../send';
import { MalformedLink, nextPage } from './link';

/** The maximum size of a page in bytes; some registries send the whole list in one. */
const PAGE_LIMIT = 32 * 1024 * 1024;
const PAGES = 10_000;

export interface PageRequest {
  readonly first: URL;
  readonly purpose: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns the pages of a list as parsed JSON, following Link headers (RFC 8288). Undefined if the registry answers 404
 * to the first. Throws a `Fault`, also if pages repeat, are on another host, or end unexpectedly.
 */
export async function readPages(context: Context, request: PageRequest): Promise<unknown[] | undefined> {
  const { purpose, headers = {} } = request;
  const seen = new Set<string>();
  const pages: unknown[] = [];
  for (let url: URL | undefined = request.first; url;) {
    if (seen.has(url.href) || seen.size === PAGES)
      throw badPages(purpose, `the pages repeat at ${url.pathname}`);
    seen.add(url.href);
    const asked = { method: 'GET', url, headers, purpose, scope: PULL } as const;
    const answer: RegistryAnswer = await expectStatus(await context.send(asked), asked, 200, 404);
    if (answer.status === 404) {
      void discardBody(answer);
      if (seen.size === 1) return undefined;
      throw badPages(purpose, `page ${seen.size} is missing (404)`);
    }
    pages.push(parsed(await readAnswer(answer, PAGE_LIMIT, purpose), purpose));
    const next = nextOf(answer, url, purpose);
    if (next && next.host !== request.first.host) throw badPages(purpose, `the next page is at ${next.host}`);
    url = next;
  }
  return pages;
}

function nextOf({ headers }: RegistryAnswer, page: URL, purpose: string): URL | undefined {
  try {
    return nextPage(headers['link'], page);
  } catch (error) {
    if (error instanceof MalformedLink) throw badPages(purpose, error.message);
    throw error;
  }
}

function parsed(bytes: Buffer, purpose: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw badPages(purpose, 'a page is not JSON');
  }
}

/** A partial list fails: a prune based on it would delete too much. */
export function badPages(purpose: string, why: string): Fault {
  return new Fault({
    code: 'http-status',
    message: `Could not ${purpose}: the registry's list can't be read: ${why}.`,
    hint: 'A proxy or mirror on the way may change it: check it.',
  });
}
