import * as z from 'zod';

const text = z.string().max(300);

/** The job or person that wrote an entry, from its verified token: kept with the entry, for incidents. */
export const writerSchema = z.strictObject({
  source: z.enum(['github', 'gitlab', 'token']),
  /** A user's name, or the name of a static token. */
  actor: text,
  /** GitHub's run_id or GitLab's pipeline_id. */
  run: text.optional(),
  repository: text.optional(),
  ref: text.optional(),
  event: text.optional(),
});

export type Writer = z.output<typeof writerSchema>;
