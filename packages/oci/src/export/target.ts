import { fail, ok, type Result } from '@image-tooling/model';

/** The forms an image leaves the store in. */
export type ExportFormat = 'oci' | 'oci-archive' | 'docker-archive';

/** Where an image is exported to, and in which form. `oci` is a folder, the others are one tar file. */
export interface ExportTarget {
  readonly format: ExportFormat;
  readonly path: string;
}

const FORMATS: readonly string[] = ['oci', 'oci-archive', 'docker-archive'] satisfies ExportFormat[];

/** Reads `oci:<folder>`, `oci-archive:<file>` or `docker-archive:<file>`. Fails with `usage`. */
export function parseTarget(text: string): Result<ExportTarget> {
  const colon = text.indexOf(':');
  const format = text.slice(0, colon);
  const path = text.slice(colon + 1);
  if (FORMATS.includes(format) && path !== '') return ok({ format: format as ExportFormat, path });
  return fail({
    code: 'usage',
    message: `"${text}" is no place to export an image to.`,
    hint: 'Write oci:<folder>, oci-archive:<file> or docker-archive:<file>.',
  });
}
