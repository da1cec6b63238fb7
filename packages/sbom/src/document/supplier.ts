import type { Component, Inventory } from '@image-tooling/model';

/** The person or organisation that provides a component. */
export interface Supplier {
  readonly name: string;
  readonly email?: string;
}

/** Returns who makes an image: as its labels say, else its maintainers. */
export function imageSupplier({ creator, image }: Pick<Inventory, 'creator' | 'image'>): Supplier {
  return { name: creator ?? `maintainers of ${image}` };
}

/**
 * Returns who provides a component: a Debian package's maintainer, the owner of a Go module's or npm package's name, the
 * host of a tool's website, the image's own supplier for its files and what its workspace builds.
 */
export function supplierOf(component: Component, inventory: Inventory): Supplier {
  switch (component.kind) {
    case 'deb':
      return maintainer(component.maintainer ?? inventory.os?.id ?? 'debian');
    case 'go':
      return { name: component.name === 'stdlib' ? 'The Go Authors' : moduleOwner(component.name) };
    case 'npm':
      return { name: component.name.startsWith('@') ? component.name.split('/', 1)[0]! : component.name };
    case 'tool':
      return component.source === 'workspace' ? imageSupplier(inventory) : toolOwner(component);
    case 'file':
      return imageSupplier(inventory);
  }
}

/** "Name <address>" (Debian policy 5.6.2). */
function maintainer(text: string): Supplier {
  const [, name, email] = /^(.*?)\s*<([^<>\s]+@[^<>\s]+)>$/.exec(text) ?? [];
  return name && email !== undefined ? { name, email } : { name: text };
}

/** "github.com/derailed/k9s" → "github.com/derailed". */
function moduleOwner(path: string): string {
  return path.split('/', 2).join('/');
}

function toolOwner({
  name,
  package: from,
  source,
  homepage,
}: Extract<Component, { readonly kind: 'tool' }>): Supplier {
  if (source === 'go' && from) return { name: moduleOwner(from.name) };
  const host = homepage === undefined ? undefined : /^https?:\/\/([^/:]+)/.exec(homepage)?.[1];
  return { name: host ?? name };
}
