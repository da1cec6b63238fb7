import type { ImportReport, Passage, Question } from './state/types';
import { cutText } from '@image-tooling/model';

const WIDTH = 100;

/** Returns a report as text: what was imported, what was not and why, and what to decide. */
export function formatReport({ imported, notNeeded, notImported, questions }: ImportReport): string {
  const grouped = groupBy(imported, ({ where }) => where);
  return [
    ...section(
      'Imported',
      grouped.map(({ passage, words }) => [head(passage), ...indent(`→ ${words.join('; ')}`)]),
    ),
    ...section(
      'Not needed',
      groupBy(notNeeded, ({ why }) => why).map(({ passage, words }) => [
        `${head(passage)}  (${words.join('; ')})`,
      ]),
    ),
    ...section(
      'Not imported',
      notImported.map((one) => [head(one), ...indent(`${one.why}.`), ...indent(`→ ${one.todo}`)]),
    ),
    ...section(
      'To decide',
      questions.map((question) => [`${mark(question)}${question.text}`]),
    ),
  ].join('\n');
}

function section(title: string, entries: readonly (readonly string[])[]): string[] {
  return entries.length === 0
    ? []
    : [`${title} (${entries.length})`, ...entries.flat().map((line) => `  ${line}`), ''];
}

/** Groups the entries of the same passage. */
function groupBy<T extends Passage>(
  findings: readonly T[],
  wordOf: (finding: T) => string,
): { passage: Passage; words: string[] }[] {
  const groups = new Map<string, { passage: Passage; words: string[] }>();
  for (const finding of findings) {
    const key = `${finding.line}:${finding.text}`;
    const group = groups.get(key) ?? { passage: finding, words: [] };
    group.words.push(wordOf(finding));
    groups.set(key, group);
  }
  return [...groups.values()].map(({ passage, words }) => ({ passage, words: joined(words) }));
}

/** Joins `"packages" of image.json: a` and `"packages" of image.json: b` as `"packages" of image.json: a, b`. */
function joined(words: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    const at = word.indexOf(': ');
    const [key, rest] = at < 0 ? [word, []] : [word.slice(0, at), [word.slice(at + 2)]];
    groups.set(key, [...(groups.get(key) ?? []), ...rest]);
  }
  return [...groups].map(([key, rest]) => (rest.length === 0 ? key : `${key}: ${rest.join(', ')}`));
}

function head(passage: Passage): string {
  const text = passage.text.replace(/\\\n\s*/g, ' ').replace(/\s+/g, ' ');
  return `${mark(passage)}${text.length > WIDTH ? cutText(text, WIDTH - 1) : text}`;
}

function mark({ line }: Pick<Question, 'line'>): string {
  return line === 0 ? '      ' : `${String(line).padStart(4)}  `;
}

function indent(text: string): string[] {
  return [`      ${text}`];
}
