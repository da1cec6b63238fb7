import { httpTimings } from '@image-tooling/pipeline';
import type { Command } from '../../command/command';
import { commandGroup } from '../../command/group';
import { copy } from './copy';
import { prune } from './prune';
import { rollback } from './rollback';
import { yank } from './yank';

const commands = commandGroup('registry', { copy, prune, yank, rollback });

/** The commands on images in a registry. They build nothing. */
export const registry: Command = {
  ...commands,
  async run(run) {
    const timings = httpTimings(run.env);
    return timings.ok ? commands.run(run) : timings;
  },
};
