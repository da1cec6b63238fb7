import type { Proposal } from '@image-tooling/dockerfile';

/** What a person is told at the end: to look, and what to run. */
export function nextSteps(name: string, { tools, report }: Proposal): string {
  const projects = [...tools.map((tool) => tool.name), name];
  const looked = report.left.length + report.questions.length;
  return [
    ...(looked > 0
      ? [`Look at what was not carried over and what is to decide (${looked}), then:`]
      : ['Next:']),
    ...projects.map((project) => `  npx nx run ${project}:lock`),
    `  npx nx run ${name}:build && npx nx run ${name}:test`,
  ].join('\n');
}
