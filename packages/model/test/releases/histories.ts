import { digestOf } from '../../src/digest';
import type { ImageHistory, MainCommit, MergedCommit } from '../../src/releases';

export const UNREADABLE = 'unreadable';

/** A commit of main in a made-up history, and the image at it. */
export interface MadeUpCommit {
  readonly id: string;
  readonly merged: readonly MergedCommit[];
  /** Content of the image; undefined: it is not there. `UNREADABLE`: its definitions are invalid. */
  readonly content: string | undefined;
  readonly madeOf?: readonly string[];
  readonly firstVersion?: string | undefined;
}

/** Returns the history of an image, with tags on some of the commits. The commits are in the order in which they came. */
export function madeUpHistory(
  commits: readonly MadeUpCommit[],
  last?: { readonly version: string; readonly commit: string },
): ImageHistory {
  const newest = commits.toReversed();
  const find = (id: string): MadeUpCommit => newest.find((one) => one.id === id) as MadeUpCommit;
  return {
    last,
    async commit(at): Promise<MainCommit | undefined> {
      const one = newest[at];
      return one && { id: one.id, paths: one.merged.flatMap(({ paths }) => paths) };
    },
    merged: async (id) => find(id).merged,
    async state(id) {
      const one = find(id);
      const { content, madeOf = ['images/x', 'nx.json'] } = one;
      const firstVersion = 'firstVersion' in one ? one.firstVersion : '1.0.0';
      if (content === UNREADABLE) return undefined;
      if (content === undefined) return { plan: undefined, madeOf: [], firstVersion };
      return { plan: digestOf(content), madeOf, firstVersion };
    },
  };
}

let made = 0;

/** Returns a commit of one change. */
export function change(
  message: string,
  content: MadeUpCommit['content'],
  more: Partial<MadeUpCommit> & { readonly paths?: readonly string[] } = {},
): MadeUpCommit {
  made += 1;
  const { paths = ['images/x/image.json'], ...rest } = more;
  return { id: `commit-${made}`, merged: [{ message, paths }], content, ...rest };
}
