import { STDOUT } from '@image-tooling/host';
import { ok } from '@image-tooling/model';
import { converge as convergeImages } from '@image-tooling/pipeline';
import type { Command } from '../command/command';
import { convergedLines } from '../display/converged';

/** `nx release publish --dry-run` sets it for its targets (nx 23.2, release/publish.ts). */
const NX_DRY_RUN = 'NX_DRY_RUN';

/** Publishes and releases what a commit of main lacks in the registry. Exits with 1 if an image fails. */
export const converge: Command = {
  flags: ['dry-run', 'json'],
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run({ given, env, session, stdout }) {
    const opened = await session();
    if (!opened.ok) return opened;
    const dryRun = given.flags['dry-run'] ?? env[NX_DRY_RUN] === 'true';
    const done = await convergeImages(opened.value, { names: given.positional, dryRun });
    if (!done.ok) return done;
    const { failures } = done.value;
    if (!given.flags.json) return ok({ lines: convergedLines(done.value), found: failures });
    stdout.write(`${JSON.stringify({ convergeVersion: 1, ...done.value }, undefined, 2)}\n`);
    return ok({ lines: [], found: [], exitCode: failures.length > 0 ? 1 : 0 });
  },
};
