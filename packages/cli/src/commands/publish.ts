import { nearest, ok, type Result } from '@image-tooling/model';
import { publishImage, VERIFY_MODES, type VerifyMode } from '@image-tooling/pipeline';
import { oneProject, usage } from '../command/arguments';
import { publishedLines } from '../display/summary';
import { said, type Command } from '../command/command';

export const publish: Command = {
  flags: ['release', 'branch', 'dry-run', 'allow-dirty', 'unsigned', 'verify'],
  async run({ given, session }) {
    const name = oneProject(given);
    if (!name.ok) return name;
    const verify = verifyMode(given.flags.verify);
    if (!verify.ok) return verify;
    const opened = await session();
    if (!opened.ok) return opened;
    const { release, branch } = given.flags;
    const published = await publishImage(opened.value, {
      name: name.value,
      dryRun: given.flags['dry-run'] ?? false,
      allowDirty: given.flags['allow-dirty'] ?? false,
      unsigned: given.flags.unsigned ?? false,
      verify: verify.value,
      ...(release !== undefined && { release }),
      ...(branch !== undefined && { branch }),
    });
    return published.ok ? said(publishedLines(published.value)) : published;
  },
};

function verifyMode(asked = 'pushed'): Result<VerifyMode> {
  const mode = VERIFY_MODES.find((one) => one === asked);
  if (mode !== undefined) return ok(mode);
  const near = nearest(asked, VERIFY_MODES);
  return usage(
    `--verify is "${asked}", which is not one of: ${VERIFY_MODES.join(', ')}.`,
    near === undefined ? 'See: image-tooling help publish' : `Did you mean --verify=${near}?`,
  );
}
