import { posix } from 'node:path';
import { isProjectName } from '@image-tooling/model';
import type { Installed } from './installed';

/** Returns a valid name for the tool of a program, which no image has. */
export function toolName(program: string, taken: ReadonlySet<string>): string {
  const plain = program
    .toLowerCase()
    .replace(/\.(?:sh|py|bin)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const name = isProjectName(plain) ? plain : 'tool';
  return taken.has(name) ? `${name}-cli` : name;
}

/** Returns the name of a tool: that of its program, or of the program whose name is in the URL. */
export function nameOf({ download, files }: Installed, taken: ReadonlySet<string>): string {
  const programs = Object.values(files).map((place) => posix.basename(place));
  const url = download.url.toLowerCase();
  return toolName(programs.find((one) => url.includes(one.toLowerCase())) ?? programs[0] ?? '', taken);
}
