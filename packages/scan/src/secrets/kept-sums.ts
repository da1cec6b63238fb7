import { createHash } from 'node:crypto';
import { isListOfSums, sourceOf, sumsIn, unchanged } from './published-files';

/** Bytes of lists that are kept; those of TeX Live's 70,000 files have 8 MB. */
const MOST_BYTES = 64 * 1024 ** 2;

/** What one pass over a layer keeps, so that it need not be read again to find what Debian packages brought. */
export class KeptSums {
  private readonly lists: { readonly path: string; readonly content: Buffer }[] = [];
  private readonly present = new Map<string, string>();
  private bytes = 0;
  private isComplete = true;

  /**
   * Takes a file.
   *
   * @param content undefined if it is too large to be kept
   */
  add(path: string, content: Buffer | undefined, hasSecrets: boolean): void {
    if (hasSecrets && content) this.present.set(path, createHash('md5').update(content).digest('hex'));
    if (!isListOfSums(path)) return;
    this.bytes += content?.length ?? MOST_BYTES;
    if (this.bytes > MOST_BYTES) this.isComplete = false;
    if (this.isComplete && content) this.lists.push({ path, content });
  }

  /** Returns what `publishedFiles` returns; undefined if that can't be said of one of the paths. */
  publishedFiles(paths: ReadonlySet<string>): ReadonlySet<string> | undefined {
    const sources = new Set([...paths].map(sourceOf));
    if (!this.isComplete || ![...sources].every((path) => this.present.has(path))) return undefined;
    const sums = this.lists.flatMap(({ path, content }) => sumsIn(path, content.toString('latin1')));
    return unchanged(paths, this.present, new Map(sums.filter(([path]) => sources.has(path))));
  }
}
