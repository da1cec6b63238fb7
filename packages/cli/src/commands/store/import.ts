import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { bytesText, counted } from '@image-tooling/model';
import { importStore, type ImportedStore } from '@image-tooling/pipeline';
import { usage } from '../../arguments';
import { said, type Command } from '../command';
import { storeRun } from './open';

/** Takes what an export wrote into the store. */
export const importFrom: Command = {
  flags: [],
  async run(run) {
    const [file, ...more] = run.given.positional;
    if (file === undefined || more.length > 0)
      return usage(
        `"store import" takes the file of an export; got ${run.given.positional.length}.`,
        'Write: image-tooling store import <file.tar>',
      );
    const path = resolve(run.cwd, file);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile())
      return usage(`There is no file ${path}.`, 'Name what "store export" wrote on the other machine.');
    const opened = await storeRun(run);
    if (!opened.ok) return opened;
    const imported = await importStore(opened.value, path);
    return imported.ok ? said(lines(file, imported.value)) : imported;
  },
};

function lines(file: string, { blobs, bytes, builds, known }: ImportedStore): string[] {
  const layers = known === 0 ? '' : `, ${known} of them known already`;
  return [
    '',
    `Imported ${file}: ${counted(blobs, 'blob')} (${bytesText(bytes)}), ${counted(builds, 'layer')}${layers}`,
  ];
}
