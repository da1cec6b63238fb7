import type { Component, Inventory } from '@image-tooling/model';
import { purlOf } from './purl';

/** Returns the name of a component in its SBOM: unique there, and the same in each SBOM. */
export function refOf(component: Component, inventory: Pick<Inventory, 'os'>): string {
  switch (component.kind) {
    case 'deb':
      return purlOf(component, inventory)!;
    case 'tool':
      return `tool:${component.name}`;
    case 'go':
      return `go:${component.program}#${component.name}@${component.version}`;
    case 'npm':
      return `npm:${component.tool}#${component.name}@${component.version}`;
    case 'file':
      return fileRef(component.path);
  }
}

export function fileRef(path: string): string {
  return `file:/${path}`;
}
