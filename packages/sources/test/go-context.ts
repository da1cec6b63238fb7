import type { RunContext } from '@image-tooling/model';

/** Returns a context that records what it gets, one line each. */
export function recordingContext(
  signal: AbortSignal = new AbortController().signal,
): RunContext & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    signal,
    lines,
    progress: {
      note: (line) => lines.push(line),
      step(name) {
        lines.push(name);
        return {
          status: (text) => lines.push(`${name}: ${text}`),
          output: (line) => lines.push(`${name}> ${line}`),
          done: ({ origin }) => lines.push(`${name}: done, ${origin}`),
          failed: () => lines.push(`${name}: failed`),
        };
      },
    },
  };
}
