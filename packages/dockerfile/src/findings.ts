import type { Outcome, Passage, Question } from './types';

/** A part of a Dockerfile that has an outcome of its own: an instruction, or a command of a RUN. */
export interface Piece extends Passage {
  /** Offset in the Dockerfile: what tells pieces apart, also from one reading to the next. */
  readonly offset: number;
}

/** What became of each piece, in one reading of a Dockerfile. A piece may have several outcomes. */
export class Findings {
  private readonly pieces = new Map<string, { readonly piece: Piece; readonly outcomes: Outcome[] }>();
  readonly questions: Question[] = [];

  /** Makes a piece known. Until something is said of it, it was not carried over. */
  open(piece: Piece): void {
    const key = keyOf(piece);
    if (!this.pieces.has(key)) this.pieces.set(key, { piece, outcomes: [] });
  }

  add(piece: Piece, outcome: Outcome): void {
    this.open(piece);
    this.pieces.get(keyOf(piece))?.outcomes.push(outcome);
  }

  carried(piece: Piece, where: string): void {
    this.add(piece, { kind: 'carried', where });
  }

  needless(piece: Piece, why: string): void {
    this.add(piece, { kind: 'needless', why });
  }

  left(piece: Piece, why: string, todo: string): void {
    this.add(piece, { kind: 'left', why, todo });
  }

  ask(line: number, text: string): void {
    this.questions.push({ line, text });
  }

  has(piece: Piece): boolean {
    return (this.pieces.get(keyOf(piece))?.outcomes.length ?? 0) > 0;
  }

  entries(): readonly { readonly piece: Piece; readonly outcomes: readonly Outcome[] }[] {
    return [...this.pieces.values()].sort((a, b) => a.piece.offset - b.piece.offset);
  }
}

function keyOf({ offset, line, endLine }: Piece): string {
  return `${offset}:${line}:${endLine}`;
}
