import type { Component, Inventory } from '../../inventory';

/** A tool, a package or a module that differs between two versions of an image. */
export interface VersionChange {
  readonly name: string;
  /** What brings it: the tool of a module. */
  readonly in?: string;
  /** Undefined: it is new. */
  readonly from?: string;
  /** Undefined: it was removed. */
  readonly to?: string;
}

/** What differs between the contents of two versions of an image, sorted by name. */
export interface ContentChanges {
  readonly tools: readonly VersionChange[];
  /** Debian packages. */
  readonly packages: readonly VersionChange[];
  /** Go and npm modules in tools. */
  readonly modules: readonly VersionChange[];
}

/** Compares the contents of two versions of an image by their SBOMs. */
export function contentChanges(before: Inventory, after: Inventory): ContentChanges {
  const of = (...kinds: readonly Component['kind'][]): VersionChange[] =>
    changesOf(versionsOf(before, kinds), versionsOf(after, kinds));
  return { tools: of('tool'), packages: of('deb'), modules: of('go', 'npm') };
}

interface Versions {
  readonly name: string;
  readonly in?: string;
  readonly versions: Set<string>;
}

/** A package may be there for two architectures, and a module in two programs of a tool, at different versions. */
function versionsOf({ components }: Inventory, kinds: readonly Component['kind'][]): Map<string, Versions> {
  const found = new Map<string, Versions>();
  for (const component of components) {
    if (component.kind === 'file' || !kinds.includes(component.kind)) continue;
    const tool = 'tool' in component ? component.tool : undefined;
    const key = JSON.stringify([component.name, tool]);
    const known = found.get(key) ?? { name: component.name, ...(tool && { in: tool }), versions: new Set() };
    found.set(key, known);
    known.versions.add(component.version);
  }
  return found;
}

function changesOf(
  before: ReadonlyMap<string, Versions>,
  after: ReadonlyMap<string, Versions>,
): VersionChange[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const [from, to] = [textOf(old), textOf(now)];
    const { name, in: tool } = (now ?? old) as Versions;
    if (from === to) return [];
    return [{ name, ...(tool && { in: tool }), ...(from && { from }), ...(to && { to }) }];
  });
}

function textOf(found: Versions | undefined): string | undefined {
  return found && [...found.versions].sort().join(', ');
}
