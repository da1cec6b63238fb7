import { posix } from 'node:path';
import { isProjectName } from '@image-tooling/model';
import type { Installed } from './installed';

/** A name as tools have it: one that no image has. */
export function toolName(program: string, taken: ReadonlySet<string>): string {
  const plain = program
    .toLowerCase()
    .replace(/\.(?:sh|py|bin)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const name = isProjectName(plain) ? plain : 'tool';
  return taken.has(name) ? `${name}-cli` : name;
}

/** The name of a tool by its programs: of several the one that its address names. */
export function nameOf({ download, files }: Installed, taken: ReadonlySet<string>): string {
  const programs = Object.values(files).map((place) => posix.basename(place));
  const url = download.url.toLowerCase();
  return toolName(programs.find((one) => url.includes(one.toLowerCase())) ?? programs[0] ?? '', taken);
}
