import { createInterface } from 'node:readline/promises';

/** Returns whether a user can answer; Nx sets NX_INTERACTIVE then. */
export function canAsk(): boolean {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  return isTerminal && process.env['NX_INTERACTIVE'] === 'true' && !process.env['CI'];
}

/** Asks for a line. Returns `otherwise` if it is empty. */
export async function ask(question: string, otherwise: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question}${otherwise === '' ? '' : ` (${otherwise})`}: `);
    return answer.trim() || otherwise;
  } finally {
    terminal.close();
  }
}

/** Asks for one of several, by its number or name. Returns the first for an empty answer. */
export async function choose(question: string, choices: readonly string[]): Promise<string> {
  const [first = ''] = choices;
  const list = choices.map((choice, index) => `  ${index + 1}  ${choice}`).join('\n');
  const answer = await ask(`${question}\n${list}\nNumber or name`, first);
  return choices[Number(answer) - 1] ?? answer;
}
