import { ok, type Result } from '@image-tooling/model';
import { readSbom, SBOM_FORMATS, type SbomFormat } from '@image-tooling/pipeline';
import { usage } from '../command/arguments';
import { openProject, said, type Command } from '../command/command';

/** Prints the SBOM of a built image. */
export const sbom: Command = {
  flags: ['platform', 'format'],
  readOnly: true,
  async run(run) {
    const format = sbomFormat(run.given.flags.format);
    if (!format.ok) return format;
    const opened = await openProject(run);
    if (!opened.ok) return opened;
    const { session, name, platform } = opened.value;
    const text = await readSbom(session, { name, platform, format: format.value });
    return text.ok ? said([text.value.trimEnd()]) : text;
  },
};

function sbomFormat(asked = 'cyclonedx'): Result<SbomFormat> {
  const found = SBOM_FORMATS.find((format) => format === asked);
  if (found) return ok(found);
  return usage(
    `"${asked}" is not a format of SBOMs.`,
    `Write --format=${SBOM_FORMATS.join(' or --format=')}.`,
  );
}
