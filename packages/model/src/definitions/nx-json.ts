import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import type { JsonDocument } from '../diagnostics/document';
import { checkValue } from '../diagnostics/parse';
import { readDocument, syntaxFailures } from '../diagnostics/syntax';
import { fail, type Result } from '../result';
import { optionsSchema, type WorkspaceOptions } from './options';

/**
 * The options of a plugin in nx.json, with defaults filled in; all defaults where the plugin has none.
 * Comments and trailing commas are right in nx.json. Fails with `json-syntax`, `schema` and `duplicate`.
 */
export function parseWorkspaceOptions(file: string, text: string, plugin: string): Result<WorkspaceOptions> {
  const document = readDocument(file, text, 'jsonc');
  const [first, ...rest] = document.errors.length > 0 ? syntaxFailures(document) : [];
  if (first) return fail(first, ...rest);
  const index = entriesOf(document).findIndex((entry) => pluginOf(entry) === plugin);
  const path = ['plugins', index, 'options'];
  const options = document.root && findNodeAtLocation(document.root, path);
  return checkValue(optionsSchema, document, { path, value: options ? getNodeValue(options) : {} });
}

/** The name of a plugin that has options; one without is a mere text. */
function pluginOf(entry: Node): unknown {
  return findNodeAtLocation(entry, ['plugin'])?.value;
}

function entriesOf({ root }: JsonDocument): readonly Node[] {
  return (root && findNodeAtLocation(root, ['plugins'])?.children) ?? [];
}
