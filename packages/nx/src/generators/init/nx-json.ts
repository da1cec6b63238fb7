import { readNxJson, type Tree } from '@nx/devkit';
import { applyEdits, modify, type FormattingOptions, type JSONPath } from 'jsonc-parser';
import { PACKAGE } from '../shared/package-data';

const FORMAT: FormattingOptions = { insertSpaces: true, tabSize: 2 };
const ENTRY = { plugin: PACKAGE, options: {} };

/** Adds the plugin to nx.json if it is missing. Keeps all else in the file, also comments. */
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

/**
 * Keys of `targetDefaults` that reach targets of images and tools: their names, their executor, any pattern.
 */
const REACHING = /^((build|test)(-.*)?|lock|load|shell|publish|explain|nx:run-commands|.*[*{].*)$/;
const OURS = ['!tag:type:image', '!tag:type:tool'];

/**
 * Excludes images and tools from `targetDefaults`, which Nx merges over what the plugin infers: their inputs
 * and caching would make an outdated image a cache hit. Keeps entries that have a filter.
 */
export function leaveOutOfTargetDefaults(tree: Tree): void {
  const defaults = readNxJson(tree)?.targetDefaults ?? {};
  let text = tree.read('nx.json', 'utf8') ?? '{}';
  for (const [key, value] of Object.entries(defaults).filter(([name]) => REACHING.test(name))) {
    const entries: object[] = Array.isArray(value) ? value : [value];
    if (entries.every((entry) => 'filter' in entry)) continue;
    const filtered = entries.map((entry) => ({ filter: { projects: OURS }, ...entry }));
    text = set(text, ['targetDefaults', key], filtered);
  }
  tree.write('nx.json', text);
}

function insert(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, { formattingOptions: FORMAT, isArrayInsertion: true }));
}

function set(text: string, path: JSONPath, value: unknown): string {
  return applyEdits(text, modify(text, path, value, { formattingOptions: FORMAT }));
}
