import * as z from 'zod';
import type { OsvEntry } from '../osv-database';

/** The fields that a scan needs; others are dropped. */
const entry = z.object({
  id: z.string().min(1),
  aliases: z.array(z.string()).optional(),
  summary: z.string().optional(),
  withdrawn: z.string().optional(),
  affected: z.array(
    z.object({
      package: z.object({ ecosystem: z.string(), name: z.string().min(1) }),
      ranges: z
        .array(
          z.object({
            type: z.string(),
            events: z.array(z.object({ introduced: z.string().optional(), fixed: z.string().optional() })),
          }),
        )
        .optional(),
      ecosystem_specific: z
        .object({
          imports: z
            .array(
              z.object({
                path: z.string(),
                goos: z.array(z.string()).optional(),
                goarch: z.array(z.string()).optional(),
                symbols: z.array(z.string()).optional(),
              }),
            )
            .optional(),
        })
        .optional(),
    }),
  ),
});

/** Returns an entry in the OSV format with the fields that a scan needs; undefined if it is not one. */
export function osvEntry(json: unknown): OsvEntry | undefined {
  return entry.safeParse(json).data;
}
