import { fileEntry, type TarEntry } from '@image-tooling/layer';
import { CONSTANT_TIME } from '@image-tooling/model';

const TEXT_PATH = 'usr/local/share/toolbox/help.txt';
const SCRIPT = `#!/bin/sh
# Shows what is in this image. Generated with the image.
exec cat /${TEXT_PATH}
`;

/** Returns the entries of the help layer: the text, and the `toolbox-help` command that prints it. */
export function helpEntries(text: string): TarEntry[] {
  return [
    fileEntry(TEXT_PATH, text, { mode: 0o644, mtime: CONSTANT_TIME }),
    fileEntry('usr/local/bin/toolbox-help', SCRIPT, { mode: 0o755, mtime: CONSTANT_TIME }),
  ];
}
