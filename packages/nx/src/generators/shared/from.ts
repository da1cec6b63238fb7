import type { Workspace } from '@image-tooling/model';

/** What an image can stand on, as image.json has it. */
export type From = { readonly image: string } | { readonly debian: string } | { readonly registry: string };

/** The release that images stand on where nothing else is said. */
const CODENAME = 'trixie';

/** `--from`: an image of the workspace, "debian:<code name>", or an image of a registry by digest. */
export function fromOf(text: string, { images }: Workspace): From {
  if (images.has(text)) return { image: text };
  if (text.includes('@')) return { registry: text };
  const [, codename] = /^debian(?::(.*))?$/.exec(text) ?? [];
  if (codename !== undefined || text === 'debian') return { debian: codename ?? CODENAME };
  return { image: text };
}

/** What `--from` may name, the likeliest first: the images, those on Debian itself before others. */
export function fromChoices({ images }: Workspace): string[] {
  const all = [...images.values()];
  const roots = all.filter(({ parent }) => parent === undefined).map(({ name }) => name);
  const others = all.filter(({ parent }) => parent !== undefined).map(({ name }) => name);
  const first = roots.includes('base') ? ['base'] : [];
  return [...new Set([...first, ...roots.sort(), ...others.sort(), `debian:${CODENAME}`])];
}
