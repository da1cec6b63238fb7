import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptFile, lastLines } from '@image-tooling/host';
import type { CommandResult, StepCommand } from '../../port';
import type { CommandGroup } from './script';

export interface StepOutcome {
  readonly commands: readonly CommandResult[];
  /** Network interfaces that the step saw in all RUNs. */
  readonly interfaces: readonly string[];
}

/**
 * Reads the results of the runner. Undefined if they are incomplete, which never happens after a finished
 * run.
 */
export async function readResults(
  folder: string,
  groups: readonly CommandGroup[],
): Promise<StepOutcome | undefined> {
  const commands: CommandResult[] = [];
  const interfaces = new Set<string>();
  for (const [group, { commands: planned }] of groups.entries()) {
    const seen = await readFile(join(folder, String(group), 'interfaces'), 'utf8').catch(() => undefined);
    if (seen === undefined)
      return commands.length > 0 ? { commands, interfaces: [...interfaces] } : undefined;
    lastLines(seen).forEach((name) => interfaces.add(name.trim()));
    for (const { index, command } of planned) {
      const result = await readResult(join(folder, String(group), String(index)), command);
      if (result) commands.push(result);
    }
  }
  return { commands, interfaces: [...interfaces] };
}

async function readResult(files: string, { wholeOutput }: StepCommand): Promise<CommandResult | undefined> {
  const end = await readFile(`${files}.end`, 'utf8').catch(() => undefined);
  if (end === undefined) return undefined;
  const [code, began, ended, late] = end.trimEnd().split(' ');
  const timedOut = late === 'late';
  const [stdout = '', stderr = ''] = await Promise.all(
    ['out', 'err'].map(async (name) => {
      const file = `${files}.${name}`;
      const text = await (wholeOutput === true ? readFile(file, 'utf8') : keptFile(file));
      return timedOut ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
    }),
  );
  const seconds = Math.round((Number(ended) - Number(began)) * 100) / 100;
  return { exitCode: Number(code), stdout, stderr, timedOut, seconds };
}
