import type { AndOr, Command, PipelineNode } from 'unbash';
import type { Piece } from '../findings';
import { masked } from '../read/secrets';

/** A script of a Dockerfile: its text, and where that stands. */
export interface ScriptText {
  readonly text: string;
  /** Of the text in the Dockerfile. */
  readonly offset: number;
  readonly lineAt: (offset: number) => number;
  /** What its only command looks like in the Dockerfile, if not like this. */
  readonly shown?: string;
}

/** A node of a script as a piece of the Dockerfile, with the texts of its heredocs; `until`: its beginning alone. */
export function pieceOf(
  { text, offset, lineAt, shown }: ScriptText,
  node: PipelineNode | AndOr,
  until?: number,
): Piece {
  const end = until ?? Math.max(node.end, ...heredocEnds(node));
  const written = [text.slice(node.pos, until ?? node.end), ...heredocTexts(node)].join('\n');
  return {
    offset: offset + node.pos,
    line: lineAt(offset + node.pos),
    endLine: lineAt(offset + Math.max(node.pos, end - 1)),
    text: shown ?? masked(written.replace(/[\s\\]+$/, '')),
  };
}

function heredocsOf(
  node: PipelineNode | AndOr,
): Extract<Command['redirects'][number], { type: 'HereDoc' }>[] {
  const commands = node.type === 'Pipeline' ? node.commands : [node];
  return commands.flatMap((command) =>
    command.type === 'Command'
      ? command.redirects.flatMap((redirect) => (redirect.type === 'HereDoc' ? [redirect] : []))
      : [],
  );
}

function heredocEnds(node: PipelineNode | AndOr): number[] {
  return heredocsOf(node).map(({ body, closing }) => closing?.end ?? body.end);
}

function heredocTexts(node: PipelineNode | AndOr): string[] {
  return heredocsOf(node).map(({ body, delimiter }) => `${body.text}${delimiter?.value ?? ''}`);
}
