import type { Component } from '@image-tooling/model';

/** Orders components by kind, name and version. */
export function byOrder(a: Component, b: Component): number {
  const [first, second] = [orderOf(a), orderOf(b)];
  const at = first.findIndex((key, index) => key !== second[index]);
  return at < 0 ? 0 : first[at]! < second[at]! ? -1 : 1;
}

function orderOf(component: Component): readonly string[] {
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
