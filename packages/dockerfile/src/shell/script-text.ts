import type { AndOr, Command, PipelineNode } from 'unbash';
import type { Piece } from '../state/findings';
import { masked } from '../read/secrets';

/** A script in a Dockerfile: its text and its place. */
export interface ScriptText {
  readonly text: string;
  /** The offset of the text in the Dockerfile. */
  readonly offset: number;
  readonly lineAt: (offset: number) => number;
  /** The text of its only command in the Dockerfile, if that is not a shell script. */
  readonly shown?: string;
}

/** Returns a node of a script as a piece of the Dockerfile, with its heredocs; with `until` only its beginning. */
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
