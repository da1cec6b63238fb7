import type { Progress, ProgressStep } from '@image-tooling/model';
import { endLine, type Lines } from './plain';
import { statusLine, type Running } from './running';
import { timeText } from './text';

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * Displays progress on a terminal: a line for each finished step, and one for running steps that is drawn
 * again.
 */
export function liveProgress(
  terminal: NodeJS.WriteStream,
  verbose: boolean,
): Progress & Lines & { end(): void } {
  const running = new Set<Running>();
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void =>
    void terminal.write(CLEAR_LINE + fitted(statusLine(running), terminal.columns || 80));
  const write = (line: string): void => {
    terminal.write(`${CLEAR_LINE}${line}\n`);
    if (running.size > 0) draw();
  };
  const leave = (step: Running): void => {
    running.delete(step);
    if (running.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    terminal.write(CLEAR_LINE);
  };

  return {
    write,
    note: write,
    end: () => [...running].forEach(leave),
    step(name): ProgressStep {
      const step: Running = { name, began: Date.now(), status: '' };
      running.add(step);
      timer ??= setInterval(draw, REDRAW_MS).unref();
      return {
        status: (text) => void (step.status = text),
        output: (line) => verbose && write(`  | ${line}`),
        done(end) {
          leave(step);
          write(endLine(name, Date.now() - step.began, end));
        },
        failed() {
          leave(step);
          write(`✗ ${name}  ${timeText(Date.now() - step.began)}`);
        },
      };
    },
  };
}

function fitted(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, columns - 2)}…`;
}
