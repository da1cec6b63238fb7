import { discardBody, Fault } from '@image-tooling/host';
import { expectStatus } from '../answers/expect';
import { readAnswer } from '../answers/read';
import { PULL, type Context } from '../context';
import type { RegistryAnswer } from '../transport/types';
import { MalformedLink, nextPage } from './link';

/** Bytes of one page at most; some registries give all there is in one. */
const PAGE_LIMIT = 32 * 1024 * 1024;
const PAGES = 10_000;

export interface PageRequest {
  readonly first: URL;
  readonly purpose: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The pages of a list as parsed JSON, by their Link headers (RFC 8288). Undefined where the registry answers 404 to
 * the first. Throws a `Fault`, also where pages go in a circle, lead to another host, or end without saying so.
 */
export async function readPages(context: Context, request: PageRequest): Promise<unknown[] | undefined> {
  const { purpose, headers = {} } = request;
  const seen = new Set<string>();
  const pages: unknown[] = [];
  for (let url: URL | undefined = request.first; url;) {
    if (seen.has(url.href) || seen.size === PAGES)
      throw badPages(purpose, `pages go in a circle at ${url.pathname}`);
    seen.add(url.href);
    const asked = { method: 'GET', url, headers, purpose, scope: PULL } as const;
    const answer: RegistryAnswer = await expectStatus(await context.send(asked), asked, 200, 404);
    if (answer.status === 404) {
      void discardBody(answer);
      if (seen.size === 1) return undefined;
      throw badPages(purpose, `page ${seen.size} is not there (404)`);
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
    throw badPages(purpose, 'a page is no JSON');
  }
}

/** A list that is not whole is worse than none: a prune would judge by a part. */
export function badPages(purpose: string, why: string): Fault {
  return new Fault({
    code: 'http-status',
    message: `Could not ${purpose}: the registry's list can't be read: ${why}.`,
    hint: 'Look at what stands between here and the registry: a proxy, a mirror.',
  });
}
