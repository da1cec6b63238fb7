import { ask, canAsk } from '../shared/ask';
import type { Found, ToolOptions } from './find/types';

/** The kinds of source in the order of tool.json. */
export const KINDS = ['release', 'go', 'npm', 'deb'] as const;
export type Kind = (typeof KINDS)[number];

/** SPDX: no licence was determined. */
const UNKNOWN_LICENCE = 'NOASSERTION';

/** A definition, and what users should check. */
export interface Written {
  readonly content: {
    readonly version: string;
    readonly checks: readonly { readonly run: readonly string[] }[];
  };
  readonly questions: readonly string[];
}

/**
 * Returns the content of tool.json from what was found, and asks for the rest. The tool gets the version of
 * the first kind of source that has one: all sources must have the same version.
 */
export async function definitionOf(
  options: ToolOptions,
  found: Readonly<Partial<Record<Kind, Found>>>,
): Promise<Written> {
  const all = KINDS.flatMap((kind) => found[kind] ?? []);
  const version = options.toolVersion ?? byTrust(found).find((one) => one.version)?.version ?? '';
  const description =
    options.description ??
    first(all, 'description') ??
    (await wanted('Description, in one line', `${options.name}, a command-line tool`));
  const license =
    options.license ??
    first(all, 'license') ??
    (await wanted('Its licence (SPDX identifier)', UNKNOWN_LICENCE));
  const homepage =
    options.homepage ?? first(all, 'homepage') ?? (await wanted('Its home page', 'https://example.invalid'));
  const content = {
    description,
    homepage,
    license,
    version: version.replace(/^v/, ''),
    sources: Object.fromEntries(KINDS.flatMap((kind) => (found[kind] ? [[kind, found[kind].source]] : []))),
    checks: [{ run: [options.name, '--version'] }],
  };
  return { content, questions: [...all.flatMap(({ questions }) => questions), ...unknowns(content, all)] };
}

/** Registries know their latest version; the version in a copied address may be old. */
function byTrust(found: Readonly<Partial<Record<Kind, Found>>>): Found[] {
  return (['go', 'npm', 'deb', 'release'] as const).flatMap((kind) => found[kind] ?? []);
}

function first(all: readonly Found[], key: 'description' | 'license' | 'homepage'): string | undefined {
  return all.map((one) => one[key]).find((text) => text !== undefined && text !== '');
}

async function wanted(question: string, otherwise: string): Promise<string> {
  return canAsk() ? ask(question, otherwise) : otherwise;
}

function unknowns(
  {
    license,
    homepage,
    version,
  }: { readonly license: string; readonly homepage: string; readonly version: string },
  all: readonly Found[],
): string[] {
  const others = [...new Set(all.flatMap((one) => one.version ?? []))].filter((one) => one !== version);
  return [
    ...(license === UNKNOWN_LICENCE
      ? ['Its licence is unknown: replace "NOASSERTION" with its SPDX identifier.']
      : []),
    ...(homepage === 'https://example.invalid'
      ? ['Its home page is unknown: write it into "homepage".']
      : []),
    ...(others.length > 0
      ? [`Another version was found too: ${others.join(', ')}. All sources must have the same version.`]
      : []),
    'Its first check is a guess: write one into "checks" that shows the version.',
  ];
}
