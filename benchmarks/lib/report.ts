import { availableParallelism, cpus, loadavg } from 'node:os';
import { median, type Timings } from './measure';

/** A limit between medians of one run. */
export interface Limit {
  /** For display: "base / mmdebstrap". */
  readonly name: string;
  readonly value: number;
  /** The largest allowed value. */
  readonly atMost: number;
  readonly unit?: string;
}

/** Prints the medians and the limits as tables; the process ends with 1 if a limit is exceeded. */
export function report(timings: Timings, limits: readonly Limit[]): void {
  console.log(`${machine()}\n`);
  console.log(table(['measured', 'median', 'each run'], [...timings].map(timingRow)));
  if (limits.length > 0) console.log(`\n${table(['limit', 'value', 'at most', ''], limits.map(limitRow))}`);
  if (limits.some((limit) => !holds(limit))) process.exitCode = 1;
}

/** Returns the medians of two sides, one divided by the other. */
export function ratio(timings: Timings, over: string, under: string): number {
  return medianOf(timings, over) / medianOf(timings, under);
}

/** Returns the seconds between the medians of two sides. */
export function difference(timings: Timings, more: string, less: string): number {
  return medianOf(timings, more) - medianOf(timings, less);
}

function medianOf(timings: Timings, name: string): number {
  const values = timings.get(name);
  if (!values) throw new Error(`nothing called "${name}" was measured`);
  return median(values);
}

/** Returns the processor, the number of cores and the load. */
export function machine(): string {
  const load = `load ${loadavg()[0]!.toFixed(1)}`;
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${load}`;
}

function timingRow([name, values]: [string, readonly number[]]): string[] {
  return [name, `${median(values).toFixed(2)} s`, values.map((value) => value.toFixed(2)).join(' ')];
}

function limitRow(limit: Limit): string[] {
  const unit = limit.unit ?? '';
  return [
    limit.name,
    `${limit.value.toFixed(2)}${unit}`,
    `${limit.atMost}${unit}`,
    holds(limit) ? 'holds' : 'OVER',
  ];
}

function holds({ value, atMost }: Limit): boolean {
  return value <= atMost;
}

/** Returns a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
