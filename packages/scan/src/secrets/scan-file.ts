import { described } from './excerpt';
import { LONGEST, SecretFinder, type TextMatch } from './find-in-text';
import type { FileSecret } from './hit';
import { SECRET_RULES } from './rules';
import { Window } from './window';

/** How much of a window is searched again with the next piece: each secret is whole in the second half, once. */
const OVERLAP = 2 * LONGEST;

/** More bytes than the longest keyword of a rule has, with the characters of a token that the filter asks for. */
const EDGE = 256;

/** A file with more is reported well enough by these. */
const MOST_SECRETS = 1000;

/** Git's own test for binary files: a zero byte in the first 8000 (xdiff-interface.c, buffer_is_binary). */
const FIRST_BYTES = 8000;

const isNamed = SECRET_RULES.filter(({ files }) => files);
const anyName = new RegExp(isNamed.map(({ files }) => files!.source).join('|'));

const general = SECRET_RULES.filter(({ files, pattern }) => !files && pattern.global);
/** Finds what is secret in any text. */
export const IN_TEXT = new SecretFinder(general);
const IN_BINARY = new SecretFinder(general.filter(({ textOnly }) => !textOnly));
const AT_START = new SecretFinder(SECRET_RULES.filter(({ pattern }) => !pattern.global));

/** Bytes that are searched at once: with 256 KiB, a quarter would be searched twice. */
const WINDOW_BYTES = 1024 ** 2;

/** Finds the secrets of one file, whose pieces come one after the other. */
export class FileScan {
  private readonly found = new Map<number, FileSecret>();
  private finder: SecretFinder | undefined;
  private isBinary = false;
  /** Bytes of the file: the end of what was searched, and what was not searched yet. */
  private readonly window = new Window();
  private unsearched = 0;
  /** The window is the end of a piece without keywords. */
  private hasPassed = false;
  /** Of the window, as latin1. */
  private text = '';
  /** Offset of the window. */
  private offset = 0;
  /** Line ends before the window. */
  private lines = 0;

  constructor(private readonly path: string) {}

  /** Takes the next piece, which may change afterwards. */
  add(piece: Uint8Array): void {
    if (this.passesOver(piece)) return;
    this.window.add(piece);
    this.unsearched += piece.byteLength;
    if (this.unsearched >= WINDOW_BYTES) this.search();
  }

  /** Returns what is in the whole file, after its last piece. */
  secrets(): FileSecret[] {
    if (this.unsearched > 0) this.search();
    return [...this.found.values()].sort((a, b) => a.offset - b.offset);
  }

  /** Returns whether a piece of a program needs no search with what is before it. Then it is not copied either. */
  private passesOver(piece: Uint8Array): boolean {
    const { finder } = this;
    if (!finder || !this.isBinary || this.unsearched > 0 || piece.byteLength < OVERLAP) return false;
    const { bytes } = this.window;
    const edges = Buffer.concat([bytes.subarray(-EDGE), piece.subarray(0, EDGE)]);
    const before = this.hasPassed ? [] : [bytes];
    if ([...before, edges, piece].some((part) => finder.mayHave(part))) return false;
    const passed = piece.byteLength - OVERLAP;
    this.offset += bytes.length + passed;
    this.window.skip(bytes.length);
    this.window.add(piece.subarray(passed));
    this.hasPassed = true;
    return true;
  }

  private search(): void {
    this.hasPassed = false;
    const { bytes } = this.window;
    this.finder ??= this.begin(bytes);
    if (this.isBinary) this.keepAll(this.finder.findInBytes(bytes));
    else {
      this.text = bytes.toString('latin1');
      this.keepAll(this.finder.find(this.text));
    }
    this.advance();
  }

  /** Searches the start of the file, and returns what searches the rest. */
  private begin(bytes: Buffer): SecretFinder {
    this.text = bytes.toString('latin1');
    const finder = this.finderOf(this.text);
    this.keepAll(AT_START.find(this.text));
    return finder;
  }

  private finderOf(start: string): SecretFinder {
    this.isBinary = start.slice(0, FIRST_BYTES).includes('\0');
    const usual = this.isBinary ? IN_BINARY : IN_TEXT;
    if (!anyName.test(this.path)) return usual;
    const named = isNamed.filter(({ files }) => files!.test(this.path));
    return new SecretFinder([...named, ...usual.rules]);
  }

  private keepAll(matches: readonly TextMatch[]): void {
    for (const match of matches) this.keep(match);
  }

  private keep({ rule, start, secret }: TextMatch): void {
    // Found in the window before; and what begins before this window can't be judged.
    if ((this.offset > 0 && start < LONGEST) || this.found.size >= MOST_SECRETS) return;
    const offset = this.offset + start;
    const line = this.isBinary ? {} : { line: this.lines + lineEnds(this.text, start) + 1 };
    this.found.set(offset, { path: this.path, offset, ...line, ...described(rule, secret) });
  }

  private advance(): void {
    const searched = Math.max(0, this.window.bytes.length - OVERLAP);
    if (!this.isBinary) this.lines += lineEnds(this.text, searched);
    this.offset += searched;
    this.window.skip(searched);
    this.unsearched = 0;
  }
}

function lineEnds(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
