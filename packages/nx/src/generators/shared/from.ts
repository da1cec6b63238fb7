import type { Workspace } from '@image-tooling/model';

/** The key `from` of image.json. */
export type From = { readonly image: string } | { readonly debian: string } | { readonly registry: string };

/** The default release of Debian. */
const CODENAME = 'trixie';

/**
 * Returns the value of `--from`: an image of the workspace, "debian:<code name>", or an image of a registry
 * by digest.
 */
export function fromOf(text: string, { images }: Workspace): From {
  if (images.has(text)) return { image: text };
  if (text.includes('@')) return { registry: text };
  const [, codename] = /^debian(?::(.*))?$/.exec(text) ?? [];
  if (codename !== undefined || text === 'debian') return { debian: codename ?? CODENAME };
  return { image: text };
}

/**
 * Returns values for `--from`, most likely first: the images, first those that are based on Debian itself.
 */
export function fromChoices({ images }: Workspace): string[] {
  const all = [...images.values()];
  const roots = all.filter(({ parent }) => parent === undefined).map(({ name }) => name);
  const others = all.filter(({ parent }) => parent !== undefined).map(({ name }) => name);
  const first = roots.includes('base') ? ['base'] : [];
  return [...new Set([...first, ...roots.sort(), ...others.sort(), `debian:${CODENAME}`])];
}
