import {
  caught,
  type Destination,
  findDestination,
  findFolder,
  type StandardOutput,
  STDOUT,
} from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import { checkReplaceable } from './place';

/** The formats of exported images. */
export type ExportFormat = 'oci' | 'oci-archive' | 'docker-archive';

/**
 * The destination and format of an export. `oci` is a folder, the others are one tar file, or `-` for standard output.
 */
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
    message: `"${text}" is not a destination for an export.`,
    hint: 'Write oci:<folder>, oci-archive:<file> or docker-archive:<file>.',
  });
}

/**
 * Returns the destination of an export, with links followed: a folder's path, or the target of the tar. Writes
 * nothing. Fails with `usage` or `io` if nothing can be written there: a folder with other content, a terminal.
 */
export async function findPlace(
  { format, path }: ExportTarget,
  { stdout = process.stdout }: { readonly stdout?: StandardOutput } = {},
): Promise<Result<Destination | string>> {
  if (format !== 'oci') return findDestination(path, stdout);
  if (path === STDOUT)
    return fail({
      code: 'usage',
      message: "A folder can't be written to standard output.",
      hint: 'Write --to=oci-archive:- for one tar, or ./- for a folder of that name.',
    });
  const folder = await findFolder(path);
  if (!folder.ok) return folder;
  return caught(path, async () => {
    await checkReplaceable(folder.value);
    return folder.value;
  });
}
