import type { Findings } from './state/findings';
import type { Finding, ImportReport, Outcome, Passage, Question } from './state/types';

/** Returns the report, in the order of the Dockerfile. Pieces without an outcome were not imported. */
export function reportOf(findings: Findings): ImportReport {
  const all = findings
    .entries()
    .flatMap(({ piece, outcomes }) =>
      outcomesOf(outcomes).map((outcome) => ({ ...passage(piece), ...outcome })),
    );
  const of = <Kind extends Outcome['kind']>(kind: Kind): Finding<Kind>[] =>
    all.filter((finding): finding is Finding<Kind> => finding.kind === kind);
  return {
    imported: of('imported'),
    notNeeded: of('notNeeded'),
    notImported: of('notImported'),
    questions: questionsOf(findings.questions),
  };
}

function outcomesOf(outcomes: readonly Outcome[]): Outcome[] {
  if (outcomes.length === 0)
    return [{ kind: 'notImported', why: 'it is not supported', todo: 'Check what it is for.' }];
  const unique = [...new Map(outcomes.map((outcome) => [JSON.stringify(outcome), outcome])).values()];
  const needed = unique.filter(({ kind }) => kind !== 'notNeeded');
  return needed.length > 0 ? needed : unique;
}

function passage({ line, endLine, text }: Passage): Passage {
  return { line, endLine, text };
}

function questionsOf(questions: readonly Question[]): Question[] {
  const unique = new Map(questions.map((question) => [question.text, question]));
  return [...unique.values()].sort((a, b) => a.line - b.line);
}
