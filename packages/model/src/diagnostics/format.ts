import { styleText } from 'node:util';
import type { Failure, Place } from '../failure';
import { visible } from './visible';

export interface FormatOptions {
  /** Whether to use terminal colours. Default: no. */
  readonly color?: boolean;
}

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Returns a failure as text without a final line feed. Only our colours are escape sequences. */
export function formatFailure(failure: Failure, { color = false }: FormatOptions = {}): string {
  const paint: Paint = (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
  const { code, message, place, details = [], hint } = failure;
  return [
    `${paint('red', 'error:')} ${paint('bold', visible(message))} ${paint('dim', `(${code})`)}`,
    ...(place ? placeLines(place, paint) : []),
    ...details.map((detail) => indent(visible(detail), 2)),
    ...(hint === undefined ? [] : [`  ${paint('cyan', 'help:')} ${visible(hint)}`]),
  ].join('\n');
}

/**
 * Returns all failures of a run as text, grouped by file, with their number at the end if there are several.
 */
export function formatFailures(failures: readonly Failure[], options: FormatOptions = {}): string {
  const texts = byFile(failures).map((failure) => formatFailure(failure, options));
  const count = failures.length > 1 ? [`${failures.length} errors${inFiles(failures)}`] : [];
  return [...texts, ...count].join('\n\n');
}

function placeLines(place: Place, paint: Paint): string[] {
  const position = [place.file, place.line, place.column].filter((part) => part !== undefined).join(':');
  const excerpt = place.excerpt === undefined ? [] : [indent(visible(place.excerpt), 4)];
  return [`  ${paint('underline', visible(position))}`, ...excerpt];
}

function indent(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}

/** Orders files by their first failure; within a file by line and column. */
function byFile(failures: readonly Failure[]): Failure[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of failures) {
    const file = failure.place?.file ?? '';
    const group = groups.get(file);
    if (group) group.push(failure);
    else groups.set(file, [failure]);
  }
  return [...groups.values()].flatMap((group) => group.sort(byPosition));
}

function byPosition(a: Failure, b: Failure): number {
  const lines = (a.place?.line ?? 0) - (b.place?.line ?? 0);
  return lines === 0 ? (a.place?.column ?? 0) - (b.place?.column ?? 0) : lines;
}

function inFiles(failures: readonly Failure[]): string {
  const files = new Set(failures.flatMap((failure) => failure.place?.file ?? []));
  if (files.size === 0) return '';
  return files.size === 1 ? ' in one file' : ` in ${files.size} files`;
}
