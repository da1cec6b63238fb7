import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, ok, type Result } from '@image-tooling/model';
import { wordsOf, type Call } from '../command-line/call';

const SHELLS = ['bash', 'zsh', 'fish'];

/** Prints the completion script of a shell. */
export async function completionCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 1, 1, 'toolbox completion bash (or zsh, fish)');
  if (!words.ok) return words;
  const [shell = ''] = words.value;
  if (!SHELLS.includes(shell))
    return fail({
      code: 'usage',
      message: `No completion for ${shell}.`,
      hint: `Write one of: ${SHELLS.join(', ')}`,
    });
  call.host.stdout.write(await readFile(join(call.parts.scripts, `completion.${shell}`), 'utf8'));
  return ok(0);
}
