import { cutText } from '../cut-text';
/** Bytes in megabytes, as registries show them: "123.4 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Seconds with two digits after the point: "0.42 s". */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}

const LONGEST_LINE = 200;

/** Returns a line that is fit for a report: cut where it is longer than two screen widths. */
export function cutLine(line: string): string {
  return cutText(line, LONGEST_LINE);
}
