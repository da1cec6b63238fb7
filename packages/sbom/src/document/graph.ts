import type { Component, Inventory } from '@image-tooling/model';
import { fileRef, refOf } from './refs';

export const IMAGE_REF = 'image';
export const OS_REF = 'os';

/**
 * Returns what each part of an image contains or needs, by the names of `refOf`: the image its distribution, tools and
 * files; the distribution its packages; a package others; a tool its programs and npm packages; a program its Go
 * modules.
 */
export function dependencyGraph(inventory: Inventory): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>([[IMAGE_REF, new Set()]]);
  const add = (from: string, to: string): void => {
    graph.set(from, (graph.get(from) ?? new Set()).add(to));
  };
  if (hasOs(inventory)) add(IMAGE_REF, OS_REF);
  const debs = debRefs(inventory);
  const programs = programsOf(inventory);
  for (const component of inventory.components) {
    const ref = refOf(component, inventory);
    add(parentOf(component, programs), ref);
    if (component.kind === 'tool') for (const { path } of component.files) add(ref, fileRef(path));
    if (component.kind === 'deb')
      for (const name of component.dependsOn) for (const to of debs.get(name) ?? []) add(ref, to);
  }
  return graph;
}

/** Returns whether the SBOM has a component for the distribution. */
export function hasOs({ os, components }: Inventory): boolean {
  return os !== undefined || components.some(({ kind }) => kind === 'deb');
}

function parentOf(component: Component, programs: ReadonlySet<string>): string {
  switch (component.kind) {
    case 'deb':
      return OS_REF;
    case 'go':
      return programs.has(component.program) ? fileRef(component.program) : IMAGE_REF;
    case 'npm':
      return `tool:${component.tool}`;
    default:
      return IMAGE_REF;
  }
}

function programsOf({ components }: Inventory): ReadonlySet<string> {
  return new Set(
    components.flatMap((one) =>
      one.kind === 'tool' ? one.files.map(({ path }) => path) : one.kind === 'file' ? [one.path] : [],
    ),
  );
}

function debRefs(inventory: Inventory): ReadonlyMap<string, readonly string[]> {
  const refs = new Map<string, string[]>();
  for (const component of inventory.components) {
    if (component.kind !== 'deb') continue;
    refs.set(component.name, [...(refs.get(component.name) ?? []), refOf(component, inventory)]);
  }
  return refs;
}
