import { quotedWord } from '@image-tooling/model';
import type { Piece } from '../state/findings';
import { shellText } from '../read/shell-text';
import type { Instruction } from '../read/instructions';
import { FIND_OUT, ScriptReader } from '../shell/script';
import type { ScriptText } from '../shell/script-text';
import type { Reading } from '../state/stage';

/** What locates texts in the Dockerfile. */
export interface Source {
  /** The character that continues a line. */
  readonly escape: string;
  /** Returns the line of an offset, from 1. */
  readonly lineAt: (offset: number) => number;
}

/** Reads RUN. Each of its commands gets an outcome. */
export function runCommands(instruction: Instruction, piece: Piece, reading: Reading, source: Source): void {
  const { stage, findings } = reading;
  const { cwd, variables } = stage;
  stage.variables = new Map(variables);
  mounts(instruction, piece, reading);
  const script = scriptOf(instruction, source);
  if (!script || !new ScriptReader({ ...script, lineAt: source.lineAt }, reading).run())
    findings.notImported(
      { ...piece, offset: instruction.offset },
      'it is not a shell script, or it has a syntax error',
      FIND_OUT,
    );
  Object.assign(stage, { cwd, variables });
}

/** Reads the options of RUN: mounts and secrets that exist while it runs. */
function mounts({ flags, head, line }: Instruction, piece: Piece, { findings }: Reading): void {
  if (Object.keys(flags).length === 0) return;
  findings.notNeeded(
    { ...piece, text: head.replace(/[\s\\]+$/, ''), endLine: piece.line },
    'it only affects the build of that step',
  );
  if (/type=(?:secret|ssh)/.test(head))
    findings.ask(
      line,
      'It uses a secret while it runs. image-tooling needs none: for private archives and mirrors it uses the logins of the host.',
    );
}

function scriptOf(instruction: Instruction, { escape }: Source): Omit<ScriptText, 'lineAt'> | undefined {
  const { isJson, words, rest, offset, heredocs } = instruction;
  if (isJson) return { text: words.map(quotedWord).join(' '), offset, shown: instruction.text };
  const [heredoc] = heredocs;
  const [first = ''] = rest.split('\n');
  if (!heredoc || !/^\s*(?:(?:\/bin\/)?(?:ba|da|z)?sh\s+(?:-\S+\s+)*)?<<-?\S+\s*$/.test(first))
    return { text: shellText(rest, escape), offset };
  return /^#!(?!.*\bsh\b|.*bash)/.test(heredoc.content)
    ? undefined
    : { text: heredoc.content, offset: heredoc.offset };
}
