import { sortedByText, type Component } from '@image-tooling/model';

/** Returns components by kind, name and version. */
export function inOrder(components: readonly Component[]): Component[] {
  return sortedByText(components, (component) => partsOf(component).join('\0'));
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
