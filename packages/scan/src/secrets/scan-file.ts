import { described } from './excerpt';
import { SecretFinder, type TextMatch } from './find-in-text';
import type { FileSecret } from './hit';
import { SECRET_RULES } from './rules';

/** The longest secrets are private keys in base64, of 32,000 characters. */
const LONGEST = 32 * 1024;

/** How much of a window is searched again with the next piece: each secret is whole in the second half, once. */
const OVERLAP = 2 * LONGEST;

/** A file with more is reported well enough by these. */
const MOST_SECRETS = 1000;

/** Git's own test for binary files: a zero byte in the first 8000 (xdiff-interface.c, buffer_is_binary). */
const FIRST_BYTES = 8000;

const isNamed = SECRET_RULES.filter(({ files }) => files);
const anyName = new RegExp(isNamed.map(({ files }) => files!.source).join('|'));

const general = SECRET_RULES.filter(({ files, pattern }) => !files && pattern.global);
const IN_TEXT = new SecretFinder(general);
const IN_BINARY = new SecretFinder(general.filter(({ textOnly }) => !textOnly));
const AT_START = new SecretFinder(SECRET_RULES.filter(({ pattern }) => !pattern.global));

/** Finds the secrets of one file, whose pieces come one after the other. */
export class FileScan {
  private readonly found = new Map<number, FileSecret>();
  private finder: SecretFinder | undefined;
  private isBinary = false;
  /** The end of what was searched, which a secret may begin in. */
  private tail = '';
  /** Offset of the tail. */
  private offset = 0;
  /** Line ends before the tail. */
  private lines = 0;

  constructor(private readonly path: string) {}

  add(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const isFirst = this.finder === undefined;
    const finder = (this.finder ??= this.finderOf(bytes));
    const window = this.tail + bytes.toString('latin1');
    if (isFirst) for (const match of AT_START.find(window)) this.keep(match, window);
    for (const match of finder.find(window)) this.keep(match, window);
    this.advance(window);
  }

  /** Returns what was found in the pieces so far. */
  secrets(): FileSecret[] {
    return [...this.found.values()].sort((a, b) => a.offset - b.offset);
  }

  private finderOf(first: Buffer): SecretFinder {
    this.isBinary = first.subarray(0, FIRST_BYTES).includes(0);
    const usual = this.isBinary ? IN_BINARY : IN_TEXT;
    if (!anyName.test(this.path)) return usual;
    const named = isNamed.filter(({ files }) => files!.test(this.path));
    return new SecretFinder([...named, ...(this.isBinary ? IN_BINARY.rules : IN_TEXT.rules)]);
  }

  private keep({ rule, start, secret }: TextMatch, window: string): void {
    // Found in the window before; and what begins before this window can't be judged.
    if ((this.offset > 0 && start < LONGEST) || this.found.size >= MOST_SECRETS) return;
    const offset = this.offset + start;
    const line = this.isBinary ? {} : { line: this.lines + lineEnds(window, start) + 1 };
    this.found.set(offset, { path: this.path, offset, ...line, ...described(rule, secret) });
  }

  private advance(window: string): void {
    const searched = Math.max(0, window.length - OVERLAP);
    if (!this.isBinary) this.lines += lineEnds(window, searched);
    this.offset += searched;
    this.tail = window.slice(searched);
  }
}

function lineEnds(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
