import { resolve } from 'node:path';
import { STDOUT } from '@image-tooling/host';
import { bytesText, counted, ok } from '@image-tooling/model';
import { exportStore, type ExportedStore } from '@image-tooling/pipeline';
import { platformFlag, usage } from '../../command/arguments';
import { said, type Command } from '../../command/command';

/** Writes images, and everything that another machine needs to build them offline, into one file. */
export const exportTo: Command = {
  flags: ['to', 'platform', 'with-sources'],
  output: ({ flags }) => flags.to,
  async run({ given, cwd, session, stdout }) {
    const { to, platform, 'with-sources': withSources = false } = given.flags;
    if (to === undefined || to === '')
      return usage('No target file given.', 'Write: image-tooling store export <image> … --to=<file.tar>');
    const asked = platform === undefined ? ok(undefined) : platformFlag(given);
    if (!asked.ok) return asked;
    const opened = await session();
    if (!opened.ok) return opened;
    const request = {
      names: given.positional,
      file: to === STDOUT ? to : resolve(cwd, to),
      withSources,
      stdout,
    };
    const exported = await exportStore(opened.value, {
      ...request,
      ...(asked.value !== undefined && { platform: asked.value }),
    });
    return exported.ok ? said(lines(exported.value, to)) : exported;
  },
};

function lines({ file, references, blobs, size, digest }: ExportedStore, to: string): string[] {
  return [
    '',
    `Wrote ${file}  ${bytesText(size)}, ${counted(blobs, 'blob')}`,
    ...references.map((reference) => `  ${reference}`),
    `  ${digest}`,
    '',
    `On the other machine: image-tooling store import ${to === STDOUT ? '<file>' : to}`,
  ];
}
