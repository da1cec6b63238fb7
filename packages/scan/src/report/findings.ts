import * as z from 'zod';
import type { Schema } from '@image-tooling/model';

/** The part of a scan.json that is compared with other scans. */
export interface ScanFindings {
  /** Digest of the image that was scanned. */
  readonly manifest: string;
  readonly findings: readonly {
    readonly kind: string;
    readonly id: string;
    readonly severity: string;
    readonly component?: { readonly name: string; readonly version: string } | undefined;
  }[];
}

/** The schema of the part of a scan.json that is compared with other scans. */
export const scanFindingsSchema: Schema<ScanFindings> = z.object({
  manifest: z.string(),
  findings: z.array(
    z.object({
      kind: z.string(),
      id: z.string(),
      severity: z.string(),
      component: z.object({ name: z.string(), version: z.string() }).optional(),
    }),
  ),
});
