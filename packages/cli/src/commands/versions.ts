import { STDOUT } from '@image-tooling/host';
import { aligned, shortCommit } from '@image-tooling/model';
import { imageVersions } from '@image-tooling/pipeline';
import { said, type Command } from '../command/command';

/** Prints the version that each image has at the checked-out commit of main. */
export const versions: Command = {
  flags: ['json'],
  readOnly: true,
  output: ({ flags }) => (flags.json ? STDOUT : undefined),
  async run({ given, session, stdout }) {
    const opened = await session();
    if (!opened.ok) return opened;
    const found = await imageVersions(opened.value, given.positional);
    if (!found.ok) return found;
    const images = [...found.value].map(([image, version]) => ({ image, ...version }));
    if (given.flags.json) {
      stdout.write(`${JSON.stringify({ versionsVersion: 1, images }, undefined, 2)}\n`);
      return said([]);
    }
    if (images.length === 0) return said(['No image has a version: "firstVersion" is not set in nx.json.']);
    const rows = images.map(({ image, version, commit, isTagged }) => [
      `  ${image}`,
      version,
      isTagged ? 'released' : 'not released yet',
      `since ${shortCommit({ id: commit })}`,
    ]);
    return said(['', ...aligned(rows)]);
  },
};
