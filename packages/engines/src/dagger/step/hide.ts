import type { Hidden } from '../../tar/whiteouts';
import { shellBytes } from './words';

/** A script that removes what a layer hides of those below it; undefined where that is nothing. */
export function hideScript({ paths, folders }: Hidden): string | undefined {
  if (paths.length + folders.length === 0) return undefined;
  return [
    ...paths.map((path) => `rm -rf -- ${shellBytes(`/${path}`)}`),
    // All names but . and .. (sh has no pattern that says so at once).
    ...folders.map((path) => {
      const folder = shellBytes(`/${path}`);
      return `rm -rf -- ${folder}/* ${folder}/.[!.]* ${folder}/..?*`;
    }),
  ].join('\n');
}
