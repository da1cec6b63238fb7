import type { Origin, Progress, ProgressStep } from '@image-tooling/model';
import { bytesText, timeText } from './text';

const STILL_RUNNING_MS = 30_000;

export interface Lines {
  write(line: string): void;
}

/** The line that stays when a step is over: "✓ base: bootstrap  built  5.9 s  41 MB". */
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

/** Progress as plain lines: one when a step ends, and every 30 s while it runs. For logs and pipes. */
export function plainProgress(out: Lines, verbose: boolean): Progress {
  return {
    note: (line) => out.write(line),
    step(name): ProgressStep {
      const began = Date.now();
      let status = '';
      const beat = setInterval(() => {
        out.write(`… ${[name, status, timeText(Date.now() - began)].filter(Boolean).join('  ')}`);
      }, STILL_RUNNING_MS);
      beat.unref();
      return {
        status: (text) => void (status = text),
        output: (line) => verbose && out.write(`  | ${line}`),
        done(end) {
          clearInterval(beat);
          out.write(endLine(name, Date.now() - began, end));
        },
        failed() {
          clearInterval(beat);
          out.write(`✗ ${name}  ${timeText(Date.now() - began)}`);
        },
      };
    },
  };
}
