import { getNodeValue, type Node } from 'jsonc-parser';
import { tooDeep } from '../diagnostics/depth';
import { placeOf, type JsonDocument, type JsonPath } from '../diagnostics/document';
import { duplicateKeys } from '../diagnostics/duplicate-keys';
import { shownOf, type Mistakes } from '../diagnostics/most';
import { checkValue } from '../diagnostics/parse';
import { readDocument, syntaxMistakes } from '../diagnostics/syntax';
import { unusableTexts } from '../diagnostics/texts';
import { sentence, wordFor } from '../diagnostics/words';
import type { Failure } from '../failure';
import { failWith, type Result } from '../result';
import { optionsSchema, type WorkspaceOptions } from './options';

/**
 * Returns the options of a plugin in nx.json, with defaults filled in; all defaults where the plugin has
 * none. Comments and trailing commas are right in nx.json. Fails with `json-syntax`, `schema` and
 * `duplicate`.
 */
export function parseWorkspaceOptions(file: string, text: string, plugin: string): Result<WorkspaceOptions> {
  const deep = tooDeep(file, text);
  if (deep) return deep;
  const document = readDocument(file, text, 'jsonc');
  const broken = document.errors.length > 0 ? syntaxMistakes(document) : entryMistakes(document, plugin);
  if (broken.length > 0) return failWith(shownOf(file, broken));
  const entries = member(document.root, 'plugins')?.children ?? [];
  const index = entries.findIndex((entry) => pluginOf(entry)?.value === plugin);
  const options = member(entries[index], 'options');
  const path = ['plugins', index, 'options'];
  if (options && options.type !== 'object')
    return failWith(wrongType(document, path, options, 'an object {…}').describe());
  const unusable = options ? unusableTexts(document, options) : [];
  if (unusable.length > 0) return failWith(shownOf(file, unusable));
  return checkValue(optionsSchema, document, {
    path,
    value: options ? (getNodeValue(options) as unknown) : {},
  });
}

/**
 * Returns mistakes that hide the plugins: duplicate keys, of which Nx uses the last, and entries of a wrong
 * type.
 */
function entryMistakes(document: JsonDocument, plugin: string): Mistakes[] {
  const { root } = document;
  if (root?.type !== 'object') return [wrongType(document, [], root, 'an object {…}')];
  const plugins = member(root, 'plugins');
  if (plugins && plugins.type !== 'array') return [wrongType(document, ['plugins'], plugins, 'a list […]')];
  const entries = plugins?.children ?? [];
  return [
    ...duplicateKeys(document),
    ...entries.flatMap((entry, index) => wrongEntry(document, entry, index)),
    ...secondEntries(document, entries, plugin),
  ];
}

/** An entry is the plugin's name, or an object that has it (Nx, nx.json reference, "plugins"). */
function wrongEntry(document: JsonDocument, entry: Node, index: number): Mistakes[] {
  if (entry.type === 'string' || pluginOf(entry)?.type === 'string') return [];
  const expected = 'the name of a plugin, or an object with "plugin" and "options"';
  return [wrongType(document, ['plugins', index], entry, expected)];
}

function secondEntries(document: JsonDocument, entries: readonly Node[], plugin: string): Mistakes[] {
  const own = entries.flatMap((entry, index) => (pluginOf(entry)?.value === plugin ? [index] : []));
  return own.slice(1).map((index) => {
    const label = 'second entry of the plugin';
    const place = placeOf(document, ['plugins', index], label);
    const message = `The plugin ${plugin} is in "plugins" twice: its images and tools are one workspace.`;
    return one({ code: 'duplicate', message, hint: 'Leave one entry, with all options.', place });
  });
}

/** Returns the text that names an entry's plugin. */
function pluginOf(entry: Node): Node | undefined {
  return entry.type === 'string' ? entry : member(entry, 'plugin');
}

function member(node: Node | undefined, key: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.find(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

function wrongType(
  document: JsonDocument,
  path: JsonPath,
  node: Node | undefined,
  expected: string,
): Mistakes {
  const label = `expected ${expected}, got ${wordFor(node && (getNodeValue(node) as unknown))}`;
  return one({ code: 'schema', message: sentence(path, label), place: placeOf(document, path, label) });
}

function one(failure: Failure): Mistakes {
  return { count: 1, describe: () => [failure] };
}
