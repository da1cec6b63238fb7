import type { Proposal } from '@image-tooling/dockerfile';

/** Returns what to check and which commands to run after an import. */
export function nextSteps(name: string, { tools, report }: Proposal): string {
  const projects = [...tools.map((tool) => tool.name), name];
  const open = report.notImported.length + report.questions.length;
  return [
    ...(open > 0 ? [`Check what was not imported and what to decide (${open}), then:`] : ['Next:']),
    ...projects.map((project) => `  npx nx run ${project}:lock`),
    `  npx nx run ${name}:build && npx nx run ${name}:test`,
  ].join('\n');
}
