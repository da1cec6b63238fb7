import { readNxJson, type Tree } from '@nx/devkit';
import { applyEdits, modify, type FormattingOptions, type JSONPath } from 'jsonc-parser';
import { PACKAGE } from '../shared/package-data';

const FORMAT: FormattingOptions = { insertSpaces: true, tabSize: 2 };
const ENTRY = { plugin: PACKAGE, options: {} };

/** Adds the plugin to nx.json, where it is not yet. All else in the file stays as it is, comments too. */
export function addPlugin(tree: Tree): void {
  const plugins = readNxJson(tree)?.plugins;
  const isThere = plugins?.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PACKAGE);
  if (isThere) return;
  const text = tree.read('nx.json', 'utf8') ?? '{}';
  tree.write(
    'nx.json',
    plugins ? insert(text, ['plugins', plugins.length], ENTRY) : set(text, ['plugins'], [ENTRY]),
  );
}

function insert(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, { formattingOptions: FORMAT, isArrayInsertion: true }));
}

function set(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, { formattingOptions: FORMAT }));
}
