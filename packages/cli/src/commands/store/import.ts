import { resolve } from 'node:path';
import { findSource, STDOUT } from '@image-tooling/host';
import { bytesText, counted } from '@image-tooling/model';
import { importStore, type ImportedStore } from '@image-tooling/pipeline';
import { usage } from '../../command/arguments';
import { said, type Command } from '../../command/command';
import { storeRun } from './open';

/** Reads an exported file into the store. */
export const importFrom: Command = {
  flags: [],
  async run(run) {
    const [file, ...more] = run.given.positional;
    if (file === undefined || more.length > 0)
      return usage(
        `"store import" takes one exported file; got ${run.given.positional.length}.`,
        'Write: image-tooling store import <file.tar>, or - for standard input',
      );
    const path = file === STDOUT ? file : resolve(run.cwd, file);
    const source = await findSource(path, run.stdin);
    if (!source.ok) return source;
    const opened = await storeRun(run);
    if (!opened.ok) return opened;
    const imported = await importStore(opened.value, source.value);
    return imported.ok ? said(lines(file === STDOUT ? 'standard input' : file, imported.value)) : imported;
  },
};

function lines(file: string, { blobs, bytes, builds, known }: ImportedStore): string[] {
  const layers = known === 0 ? '' : `, ${known} of them already there`;
  return [
    '',
    `Imported ${file}: ${counted(blobs, 'blob')} (${bytesText(bytes)}), ${counted(builds, 'layer')}${layers}`,
  ];
}
