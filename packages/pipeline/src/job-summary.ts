import { appendFile } from 'node:fs/promises';
import type { Session } from './session';

/**
 * Adds Markdown to GitHub's job page, if GITHUB_STEP_SUMMARY is set. If it can't be written, that is only a note: what it
 * is about is done.
 */
export async function addToJobSummary({ env, context }: Session, markdown: string): Promise<void> {
  const summary = env['GITHUB_STEP_SUMMARY'] ?? '';
  if (summary === '') return;
  await appendFile(summary, markdown).catch((error: unknown) =>
    context.progress.note(`The job summary could not be written to ${summary}: ${String(error)}`),
  );
}
