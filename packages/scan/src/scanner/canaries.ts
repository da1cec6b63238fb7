import type { Component, Inventory } from '@image-tooling/model';

type Kind = 'deb' | 'go' | 'npm';

/**
 * Packages that have had vulnerabilities for years, at versions before any fix. A scanner whose database tells nothing
 * of any of a kind does not know that kind: its "nothing found" means nothing.
 */
const KNOWN: Readonly<Record<Kind, readonly (readonly [name: string, version: string])[]>> = {
  deb: [
    ['openssl', '0.9.0-0'],
    ['zlib', '0.9.0-0'],
    ['libxml2', '0.9.0-0'],
    ['glibc', '0.9.0-0'],
  ],
  go: [
    ['stdlib', '1.0.0'],
    ['golang.org/x/net', 'v0.0.1'],
    ['golang.org/x/crypto', 'v0.0.1'],
  ],
  npm: [
    ['lodash', '0.0.1'],
    ['minimist', '0.0.1'],
    ['semver', '0.0.1'],
  ],
};

/** Returns packages with known vulnerabilities, of each kind that an image has; a scanner must find one of each kind. */
export function canariesOf({
  components,
}: Pick<Inventory, 'components'>): ReadonlyMap<Kind, readonly Component[]> {
  const found = new Map<Kind, readonly Component[]>();
  for (const one of components) if (isKind(one) && !found.has(one.kind)) found.set(one.kind, besides(one));
  return found;
}

function isKind(component: Component): component is Extract<Component, { readonly kind: Kind }> {
  return Object.hasOwn(KNOWN, component.kind);
}

/** In the same place as a package of the image, so that a scanner treats them alike. */
function besides(component: Extract<Component, { readonly kind: Kind }>): Component[] {
  return KNOWN[component.kind].map(([name, version]) =>
    component.kind === 'deb'
      ? { ...component, name, version, source: { name, version }, dependsOn: [] }
      : { ...component, name, version },
  );
}
