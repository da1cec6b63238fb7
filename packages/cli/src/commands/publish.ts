import { publishImage } from '@image-tooling/pipeline';
import { oneProject } from '../command/arguments';
import { publishedLines } from '../display/summary';
import { said, type Command } from '../command/command';

export const publish: Command = {
  flags: ['release', 'branch', 'dry-run', 'allow-dirty'],
  async run({ given, session }) {
    const name = oneProject(given);
    if (!name.ok) return name;
    const opened = await session();
    if (!opened.ok) return opened;
    const { release, branch } = given.flags;
    const published = await publishImage(opened.value, {
      name: name.value,
      dryRun: given.flags['dry-run'] ?? false,
      allowDirty: given.flags['allow-dirty'] ?? false,
      ...(release !== undefined && { release }),
      ...(branch !== undefined && { branch }),
    });
    return published.ok ? said(publishedLines(published.value)) : published;
  },
};
