import type { ToolSource } from './options';
import type { ToolDefinition } from './tool';

/** Where a tool's bytes come from. */
export type SourceKind = keyof ToolDefinition['sources'];

/** Preferred kinds; the rest follow. `registry`: those that need package registries only. */
const ORDER: Readonly<Record<ToolSource, readonly SourceKind[]>> = {
  registry: ['go', 'workspace', 'npm', 'deb', 'release'],
  release: ['release', 'go', 'workspace', 'npm', 'deb'],
  go: ['go', 'release', 'workspace', 'npm', 'deb'],
  npm: ['npm', 'release', 'go', 'workspace', 'deb'],
  deb: ['deb', 'release', 'go', 'workspace', 'npm'],
};

/**
 * Returns the kind of source that a tool is taken from under a policy: the preferred one, or the first that
 * it has.
 */
export function chooseSource({ sources }: Pick<ToolDefinition, 'sources'>, policy: ToolSource): SourceKind {
  const kind = ORDER[policy].find((candidate) => sources[candidate] !== undefined);
  if (kind === undefined) throw new Error('a tool without a source passed the schema');
  return kind;
}
