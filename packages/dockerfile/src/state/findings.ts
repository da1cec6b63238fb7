import type { Outcome, Passage, Question } from './types';

/** A part of a Dockerfile that has an outcome of its own: an instruction, or a command of a RUN. */
export interface Piece extends Passage {
  /** Offset in the Dockerfile, which identifies a piece when the file is read for each processor. */
  readonly offset: number;
}

/** The outcomes of all pieces of a Dockerfile. A piece may have several outcomes. */
export class Findings {
  private readonly pieces = new Map<string, { readonly piece: Piece; readonly outcomes: Outcome[] }>();
  readonly questions: Question[] = [];

  /** Registers a piece. Without an outcome it is reported as not imported. */
  open(piece: Piece): void {
    const key = keyOf(piece);
    if (!this.pieces.has(key)) this.pieces.set(key, { piece, outcomes: [] });
  }

  add(piece: Piece, outcome: Outcome): void {
    this.open(piece);
    this.pieces.get(keyOf(piece))?.outcomes.push(outcome);
  }

  imported(piece: Piece, where: string): void {
    this.add(piece, { kind: 'imported', where });
  }

  notNeeded(piece: Piece, why: string): void {
    this.add(piece, { kind: 'notNeeded', why });
  }

  notImported(piece: Piece, why: string, todo: string): void {
    this.add(piece, { kind: 'notImported', why, todo });
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
