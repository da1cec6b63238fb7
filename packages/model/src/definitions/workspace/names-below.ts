import type { FileText } from '../file-text';

/**
 * The names of a project, of all images below it and of the tools of all of them, read without a check: what is wrong
 * with a definition is told by who reads it whole. Ends where images go round in a circle.
 */
export function namesBelow(name: string, images: readonly FileText[]): string[] {
  const texts = new Map(images.map(({ file, text }) => [file.split('/').at(-2), text]));
  const found: string[] = [];
  for (let at: string | undefined = name; at !== undefined && !found.includes(at);) {
    const { from, tools }: Definition = parsed(texts.get(at));
    found.push(at, ...(Array.isArray(tools) ? tools.map(String) : []));
    at = from?.image;
  }
  return found;
}

interface Definition {
  readonly from?: { readonly image?: string };
  readonly tools?: unknown;
}

function parsed(text = '{}'): Definition {
  try {
    return (JSON.parse(text) ?? {}) as Definition;
  } catch {
    return {};
  }
}
