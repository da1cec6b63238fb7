import type { Progress } from '@image-tooling/model';
import { liveProgress } from './live';
import { plainProgress, type Lines } from './plain';

export { bytesText, timeText } from './text';

/** How a command tells its user what it does: `progress` for the pipeline, `write` for its own lines. */
export interface Screen extends Lines {
  readonly progress: Progress;
  /** Leaves the terminal clean. */
  end(): void;
}

/** A live screen on a terminal, plain lines in a pipe, a log, CI, or where Nx puts the project's name before each line. */
export function openScreen(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Screen {
  const verbose = (env['IMAGE_VERBOSE'] ?? '') !== '';
  if (canRedraw(out, env)) return liveScreen(out, verbose);
  const lines: Lines = { write: (line) => void out.write(`${line}\n`) };
  return {
    progress: plainProgress(lines, verbose),
    write: (line) => lines.write(line),
    end: () => undefined,
  };
}

function canRedraw(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return out.isTTY && !env['CI'] && env['TERM'] !== 'dumb' && env['NX_PREFIX_OUTPUT'] !== 'true';
}

function liveScreen(out: NodeJS.WriteStream, verbose: boolean): Screen {
  const live = liveProgress(out, verbose);
  return { progress: live, write: (line) => live.write(line), end: () => live.end() };
}
