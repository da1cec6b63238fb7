import type * as z from 'zod';
import { quoted } from '../diagnostics/words';

interface Given {
  readonly directories?: unknown;
  readonly modes?: unknown;
}

/** Reports a folder that is declared twice, or also in "modes". */
export function reportRepeatedPaths(given: unknown, context: z.core.$RefinementCtx): void {
  const { directories, modes } = given as Given;
  if (!Array.isArray(directories)) return;
  const seen = new Set<unknown>();
  directories.forEach((directory: unknown, index) => {
    const path = (directory as { path?: unknown } | null)?.path;
    if (typeof path !== 'string') return;
    const where = seen.has(path) ? '"directories"' : hasKey(modes, path) ? '"modes"' : undefined;
    seen.add(path);
    if (where !== undefined) context.addIssue(repeated(path, index, where));
  });
}

function hasKey(modes: unknown, path: string): boolean {
  return typeof modes === 'object' && modes !== null && Object.hasOwn(modes, path);
}

function repeated(path: string, index: number, where: string) {
  return {
    code: 'custom' as const,
    path: ['directories', index, 'path'],
    message: `${quoted(path)} is in ${where} already`,
    params: { failure: 'duplicate', hint: 'Remove one of them.' },
  };
}
