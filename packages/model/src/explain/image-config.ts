import * as z from 'zod';

/**
 * The parts of an OCI image configuration that are read from images in the store (OCI image-spec 1.1,
 * config.md).
 */
export const imageConfigSchema = z.object({
  os: z.string().optional(),
  architecture: z.string().optional(),
  config: z.json().optional(),
  rootfs: z.object({ diff_ids: z.array(z.string()).optional() }).optional(),
  history: z.array(z.object({ created_by: z.string().optional() })).optional(),
});

export type ImageConfigJson = z.output<typeof imageConfigSchema>;
