import { STDOUT } from '@image-tooling/host';
import { ok, type Result } from '@image-tooling/model';
import { updateProjects, type UpdateRequest } from '@image-tooling/pipeline';
import { usage, type Arguments } from '../command/arguments';
import { said, type Command } from '../command/command';
import { updatedLines } from '../display/updated';

/** Moves tools to newer versions, and images to newer packages. Exits with 1 if a project could not be updated. */
export const update: Command = {
  flags: ['all', 'dry-run', 'json', 'finish'],
  writesDefinitions: true,
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run({ given, session, stdout }) {
    const request = requestOf(given);
    if (!request.ok) return request;
    const opened = await session();
    if (!opened.ok) return opened;
    if (given.flags.finish) return said(['Definitions and locks are complete.']);
    const updated = await updateProjects(opened.value, request.value);
    if (!updated.ok) return updated;
    const { failures: found, ...report } = updated.value;
    if (!given.flags.json) return ok({ lines: updatedLines(report, request.value), found });
    const failures = found.map(({ code, message, hint, details }) => ({ code, message, hint, details }));
    stdout.write(`${JSON.stringify({ updateVersion: 1, ...report, failures }, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode: found.length > 0 ? 1 : 0 });
  },
};

function requestOf({ positional: names, flags }: Arguments): Result<UpdateRequest> {
  const { all = false, 'dry-run': dryRun = false, finish = false } = flags;
  if (finish && (all || dryRun || names.length > 0))
    return usage('--finish takes no names and no other flags.', 'Write: image-tooling update --finish');
  if (all && names.length > 0)
    return usage('--all and names exclude each other.', 'Write: image-tooling update --all');
  if (!all && !finish && names.length === 0)
    return usage('No project given.', 'Write: image-tooling update <tool or image> …, or update --all');
  return ok({ names, all, dryRun });
}
