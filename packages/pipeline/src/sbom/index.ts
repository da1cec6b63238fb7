import { fail, ok, type Platform, type Result } from '@image-tooling/model';
import { readSbomFile, SBOM_FILES, type SbomFormat } from '../build/image-outputs';
import { notBuilt } from '../build/read-plan';
import { imageOf } from '../build/recorded';
import type { Session } from '../session';
import { outputFolder } from '../workspace/outputs';

export type { SbomFormat };
export const SBOM_FORMATS = Object.keys(SBOM_FILES) as readonly SbomFormat[];

export interface SbomRequest {
  readonly name: string;
  readonly platform: Platform;
  readonly format: SbomFormat;
}

/**
 * Returns the SBOM that an image's build wrote. Fails with `usage` for a tool, with `unknown-reference` if the image was
 * not built, with `io`, and with every mistake in its definitions.
 */
export async function readSbom(
  session: Session,
  { name, platform, format }: SbomRequest,
): Promise<Result<string>> {
  const image = await imageOf(session, name, { verb: 'list', notForTools: 'SBOMs are of images' });
  if (!image.ok) return image;
  const read = await readSbomFile(outputFolder(session.root, image.value, platform), format);
  if (!read.ok) return read;
  return read.value ? ok(read.value.toString()) : fail(notBuilt(name, platform));
}
