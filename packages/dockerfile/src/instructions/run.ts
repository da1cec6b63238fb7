import type { Piece } from '../findings';
import { shellText } from '../read/shell-text';
import type { Instruction } from '../read/instructions';
import { ScriptReader } from '../shell/script';
import type { ScriptText } from '../shell/script-text';
import type { Reading } from '../stage';

/** Where a text of the Dockerfile stands. */
export interface Place {
  readonly escape: string;
  readonly lineAt: (offset: number) => number;
}

const BY_HAND = 'See what it makes, and write that into image.json, a tool.json or rootfs/.';

/** RUN: every command of it gets an outcome of its own. */
export function runCommands(instruction: Instruction, piece: Piece, reading: Reading, place: Place): void {
  const { stage, findings } = reading;
  const { cwd, variables } = stage;
  stage.variables = new Map(variables);
  mounts(instruction, piece, reading);
  const script = scriptOf(instruction, place);
  if (!script || !new ScriptReader({ ...script, lineAt: place.lineAt }, reading).run())
    findings.left(
      { ...piece, offset: instruction.offset },
      'it is no shell script that can be read',
      BY_HAND,
    );
  Object.assign(stage, { cwd, variables });
}

/** What a RUN is given while it lasts; a secret is none of the image's. */
function mounts({ flags, head, line }: Instruction, piece: Piece, { findings }: Reading): void {
  if (Object.keys(flags).length === 0) return;
  findings.needless(
    { ...piece, text: head.replace(/[\s\\]+$/, ''), endLine: piece.line },
    'it is about the build of that step alone',
  );
  if (/type=(?:secret|ssh)/.test(head))
    findings.ask(
      line,
      'It is given a secret while it runs. Nothing runs here while an image is made: private archives and mirrors take their logins from the clients of the host.',
    );
}

function scriptOf(instruction: Instruction, { escape }: Place): Omit<ScriptText, 'lineAt'> | undefined {
  const { isJson, words, rest, offset, heredocs } = instruction;
  if (isJson) return { text: words.map(quoted).join(' '), offset, shown: instruction.text };
  const [heredoc] = heredocs;
  const [first = ''] = rest.split('\n');
  if (!heredoc || !/^\s*(?:(?:\/bin\/)?(?:ba|da|z)?sh\s+(?:-\S+\s+)*)?<<-?\S+\s*$/.test(first))
    return { text: shellText(rest, escape), offset };
  return /^#!(?!.*\bsh\b|.*bash)/.test(heredoc.content)
    ? undefined
    : { text: heredoc.content, offset: heredoc.offset };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
