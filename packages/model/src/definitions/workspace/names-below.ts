import type { FileText } from '../file-text';

/**
 * Returns the names of a project, of its ancestors and of their tools. Definitions are not checked here:
 * reading them fully reports mistakes. Stops at a cycle.
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
