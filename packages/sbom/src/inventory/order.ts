import type { Component } from '@image-tooling/model';

/** Returns components by kind, name and version. */
export function inOrder(components: readonly Component[]): Component[] {
  return components
    .map((component) => ({ component, key: keyOf(component) }))
    .sort(({ key: a }, { key: b }) => (a === b ? 0 : a < b ? -1 : 1))
    .map(({ component }) => component);
}

function keyOf(component: Component): string {
  return partsOf(component).join('\0');
}

function partsOf(component: Component): readonly string[] {
  const { kind, layer } = component;
  switch (component.kind) {
    case 'file':
      return [kind, component.path, layer];
    case 'deb':
      return [kind, component.name, component.version, component.architecture];
    case 'go':
      return [kind, component.name, component.version, component.program, layer];
    default:
      return [kind, component.name, component.version, layer];
  }
}
