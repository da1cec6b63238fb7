import { getProjects, joinPathFragments, type Tree } from '@nx/devkit';
import { jsonText } from '../shared/json-text';
import { schemaReference } from '../shared/workspace';

/** The name of the first image of a workspace. */
export const BASE = 'base';

/**
 * Writes the base of all other images, unless an image with its name exists. Returns a sentence that says why
 * if another project has it: names of Nx projects are unique.
 */
export function addBaseImage(tree: Tree, images: string): string | undefined {
  const folder = joinPathFragments(images, BASE);
  const file = joinPathFragments(folder, 'image.json');
  if (tree.exists(file)) return undefined;
  const other = getProjects(tree).get(BASE);
  if (other) return `No image "${BASE}" was written, since a project has that name (${other.root}).`;
  tree.write(file, jsonText({ $schema: schemaReference(tree, folder, 'image'), ...DEFINITION }));
  return undefined;
}

const DEFINITION = {
  description: 'Debian with the user toolbox, a UTF-8 locale and certificates',
  from: { debian: 'trixie' },
  packages: ['ca-certificates'],
  users: [{ name: 'toolbox', uid: 1000, home: '/home/toolbox', homeMode: '1777' }],
  directories: [{ path: '/work', mode: '1777' }],
  config: {
    env: { LANG: 'C.UTF-8', HOME: '/home/toolbox' },
    cmd: ['bash'],
    user: '1000:1000',
    workdir: '/work',
  },
  checks: [
    { run: ['id'], stdout: '^uid=1000\\(toolbox\\) gid=1000\\(toolbox\\)' },
    { run: ['locale', 'charmap'], stdout: '^UTF-8$' },
    { run: ['sh', '-c', 'touch "$HOME/.check" /work/.check && rm "$HOME/.check" /work/.check'] },
  ],
  examples: ['toolbox-help    show what is in this image'],
};
