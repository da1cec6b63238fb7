import type { Component, Inventory } from '@image-tooling/model';
import { hasOs, IMAGE_REF, OS_REF } from '../document/graph';
import { fileRef, refOf } from '../document/refs';

/** How complete the dependencies of components are (CycloneDX 1.6, "compositions"). */
export interface Composition {
  readonly aggregate: 'complete' | 'incomplete' | 'unknown';
  readonly dependencies: readonly string[];
}

/**
 * Returns which parts are known completely: the image and its packages, unless something could not be read; programs
 * that state their modules. What is linked into other programs is unknown.
 */
export function compositionsOf(inventory: Inventory): Composition[] {
  const { components, unread } = inventory;
  const image = [IMAGE_REF, ...(hasOs(inventory) ? [OS_REF] : [])];
  const stated = new Set(components.flatMap((one) => (one.kind === 'go' ? [one.program] : [])));
  const known = components.flatMap((one) => knownRefs(one, inventory, stated));
  const unknown = components.flatMap((one) => programsOf(one).filter((path) => !stated.has(path)));
  return [
    ...composition('complete', unread.length === 0 ? [...image, ...known] : known),
    ...composition('incomplete', unread.length === 0 ? [] : image),
    ...composition('unknown', unknown.map(fileRef)),
  ];
}

function knownRefs(component: Component, inventory: Inventory, stated: ReadonlySet<string>): string[] {
  if (component.kind === 'deb') return [refOf(component, inventory)];
  const programs = programsOf(component).filter((path) => stated.has(path));
  return programs.map(fileRef);
}

function programsOf(component: Component): string[] {
  return component.kind === 'tool' ? component.files.map(({ path }) => path) : [];
}

function composition(aggregate: Composition['aggregate'], refs: readonly string[]): Composition[] {
  const dependencies = [...new Set(refs)].sort();
  return dependencies.length === 0 ? [] : [{ aggregate, dependencies }];
}
