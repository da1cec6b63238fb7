import type { Findings } from './findings';
import type { Finding, ImportReport, Outcome, Passage, Question } from './types';

/** What became of everything, in the order of the Dockerfile. What nobody said anything of was not carried over. */
export function reportOf(findings: Findings): ImportReport {
  const all = findings
    .entries()
    .flatMap(({ piece, outcomes }) =>
      outcomesOf(outcomes).map((outcome) => ({ ...passage(piece), ...outcome })),
    );
  const of = <Kind extends Outcome['kind']>(kind: Kind): Finding<Kind>[] =>
    all.filter((finding): finding is Finding<Kind> => finding.kind === kind);
  return {
    carried: of('carried'),
    needless: of('needless'),
    left: of('left'),
    questions: questionsOf(findings.questions),
  };
}

function outcomesOf(outcomes: readonly Outcome[]): Outcome[] {
  if (outcomes.length === 0)
    return [{ kind: 'left', why: 'nothing is known of it', todo: 'See what it is for.' }];
  const unique = [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()];
  const telling = unique.filter(({ kind }) => kind !== 'needless');
  return telling.length > 0 ? telling : unique;
}

function passage({ line, endLine, text }: Passage): Passage {
  return { line, endLine, text };
}

function questionsOf(questions: readonly Question[]): Question[] {
  const unique = new Map(questions.map((question) => [question.text, question]));
  return [...unique.values()].sort((a, b) => a.line - b.line);
}
