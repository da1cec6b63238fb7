import type { Progress } from '@image-tooling/model';
import { liveProgress } from './live';
import { isKeptByNx, withoutProject } from './nx-task';
import { plainProgress, type Lines } from './plain';

export { bytesText, timeText } from './text';

/** The display of a command: `progress` for the pipeline, `write` for its own lines. */
export interface Screen extends Lines {
  readonly progress: Progress;
  /** Clears the line that is drawn again. */
  end(): void;
}

/** The command that a screen is for. */
export interface ScreenOptions {
  /** Whether Nx caches it, and replays its output. */
  readonly isCached?: boolean;
}

/** Returns a live screen for a terminal; plain lines for a pipe, a log, CI, or if Nx keeps the output. */
export function openScreen(
  out: NodeJS.WriteStream,
  env: NodeJS.ProcessEnv,
  { isCached = false }: ScreenOptions = {},
): Screen {
  const verbose = (env['IMAGE_VERBOSE'] ?? '') !== '';
  if (canRedraw(out, env) && !isKeptByNx(env, isCached)) return liveScreen(out, verbose);
  const lines: Lines = { write: (line) => void out.write(`${line}\n`) };
  return {
    progress: withoutProject(plainProgress(lines, verbose), env),
    write: (line) => lines.write(line),
    end: () => undefined,
  };
}

function canRedraw(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return out.isTTY && !env['CI'] && env['TERM'] !== 'dumb';
}

function liveScreen(out: NodeJS.WriteStream, verbose: boolean): Screen {
  const live = liveProgress(out, verbose);
  return { progress: live, write: (line) => live.write(line), end: () => live.end() };
}
