import type { Origin, Progress, ProgressStep } from '@image-tooling/model';
import { Heartbeat } from './heartbeat';
import { statusLine, type Running } from './running';
import { bytesText, timeText } from './text';

export interface Lines {
  write(line: string): void;
}

/** Returns the line for a finished step: "✓ base: bootstrap  built  5.9 s  41 MB". */
export function endLine(name: string, took: number, end: { origin: Origin; bytes?: number }): string {
  const size = end.bytes === undefined ? [] : [bytesText(end.bytes)];
  return ['✓ ' + name, ORIGIN_TEXT[end.origin], timeText(took), ...size].join('  ');
}

const ORIGIN_TEXT: Readonly<Record<Origin, string>> = {
  store: 'from the store',
  nx: 'from the Nx cache',
  built: 'built',
  fetched: 'fetched',
  ran: 'ran',
  pushed: 'pushed',
  mounted: 'mounted',
  present: 'already there',
};

/**
 * Displays progress as plain lines: one when a step ends, and at intervals one for all running steps. For
 * logs, pipes and Nx.
 */
export function plainProgress(out: Lines, verbose: boolean): Progress {
  const running = new Set<Running>();
  const heartbeat = new Heartbeat(() => out.write(`… ${statusLine(running)}`));
  const leave = (step: Running): void => {
    running.delete(step);
    if (running.size === 0) heartbeat.pause();
  };
  return {
    note: (line) => out.write(line),
    step(name): ProgressStep {
      const step: Running = { name, began: Date.now(), status: '' };
      running.add(step);
      heartbeat.start();
      return {
        status: (text) => void (step.status = text),
        output: (line) => verbose && out.write(`  | ${line}`),
        done(end) {
          leave(step);
          out.write(endLine(name, Date.now() - step.began, end));
        },
        failed() {
          leave(step);
          out.write(`✗ ${name}  ${timeText(Date.now() - step.began)}`);
        },
      };
    },
  };
}
