import type { Tree } from '@nx/devkit';
import type { Folders } from '../../options';

/**
 * Keeps outputs of tasks out of git, irrelevant files out of `nx affected`, and git's conversion of line ends
 * out of images. Adds only missing lines.
 */
export function addIgnoreEntries(tree: Tree, { images, tools }: Folders): void {
  addLines(tree, '.gitignore', [
    'node_modules',
    '.nx/cache',
    '.nx/workspace-data',
    `${images}/*/dist`,
    `${tools}/*/dist`,
  ]);
  addLines(tree, '.gitattributes', [`${images}/** -text`, `${tools}/** -text`]);
  addLines(tree, '.nxignore', [`${images}/*/README.md`, `${tools}/*/README.md`]);
}

function addLines(tree: Tree, file: string, lines: readonly string[]): void {
  const text = tree.read(file, 'utf8') ?? '';
  const present = text.split('\n').map(bare);
  const missing = lines.filter((line) => !covers(present, line));
  if (missing.length === 0) return;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  tree.write(file, `${before}${missing.join('\n')}\n`);
}

/** `dist` ignores folders of that name everywhere, `.nx` everything in that folder. */
function covers(present: readonly string[], line: string): boolean {
  const [first, ...rest] = line.split('/');
  return [line, first, rest.at(-1)].some((entry) => entry !== undefined && present.includes(entry));
}

/** For our folders, `/node_modules/` has the same effect as `node_modules`. */
function bare(line: string): string {
  return line.trim().replace(/^\/|\/$/g, '');
}
