import type { LayerKind } from '@image-tooling/model';
import type { Scope } from './types';

const SCOPE_OF: Readonly<Record<LayerKind, Scope>> = {
  base: 'go',
  bootstrap: 'system',
  apt: 'system',
  tool: 'tools',
  files: 'files',
  help: 'files',
};

/** Returns which files of a layer are read as programs. */
export function scopeOf({ kind }: { readonly kind: LayerKind }): Scope {
  return SCOPE_OF[kind];
}
