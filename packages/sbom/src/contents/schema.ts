import * as z from 'zod';
import { CONTENTS_VERSION, SCOPES, type LayerContents, type LayerSymbols } from './types';

const text = z.string();
const licence = z.object({ expression: text.optional(), text: text.optional() });
const installed = z.object({
  name: text,
  version: text,
  architecture: text,
  source: z.object({ name: text, version: text }),
  maintainer: text.optional(),
  homepage: text.optional(),
  depends: z.array(z.array(text)),
  provides: z.array(text),
});
const program = z.object({
  path: text,
  size: z.int().nonnegative(),
  sha256: text.regex(/^[0-9a-f]{64}$/),
  sha512: text.regex(/^[0-9a-f]{128}$/),
  executable: z.boolean(),
  archive: z.boolean(),
});
const goProgram = z.object({
  path: text,
  goVersion: text,
  modules: z.array(z.object({ path: text, version: text, sum: text.optional() })),
});

const layerContents: z.ZodType<LayerContents> = z.object({
  contentsVersion: z.literal(CONTENTS_VERSION),
  scope: z.enum(SCOPES),
  os: z.object({ id: text, version: text.optional(), codename: text.optional() }).optional(),
  packages: z.array(installed).optional(),
  records: z.array(installed),
  licences: z.record(text, licence),
  docLinks: z.record(text, text),
  files: z.array(program),
  go: z.array(goProgram),
  npm: z.array(z.object({ name: text, version: text, licence: licence.optional() })),
  privileged: z.array(z.object({ path: text, mode: text })),
  unread: z.array(z.object({ path: text, reason: text })),
});

/** Returns the contents in a record; undefined if it is invalid, or of another version. */
export function layerContentsOf(record: unknown): LayerContents | undefined {
  const parsed = layerContents.safeParse(record);
  return parsed.success ? parsed.data : undefined;
}

/** Returns the contents in a record of the store, which were checked before; undefined if another version wrote it. */
export function keptContentsOf(record: unknown): LayerContents | undefined {
  const kept = record as LayerContents | null | undefined;
  return kept?.contentsVersion === CONTENTS_VERSION ? kept : undefined;
}

/** Returns the linked functions in a record; undefined if it is invalid. */
export function layerSymbolsOf(record: unknown): LayerSymbols | undefined {
  const isSymbols =
    isMap(record) &&
    Object.values(record).every((packages) => isMap(packages) && Object.values(packages).every(isTextList));
  return isSymbols ? (record as LayerSymbols) : undefined;
}

/**
 * Returns the linked functions of some packages in a record, which is JSON text; other packages have none in it. Of the
 * 50,000 functions of a large program, a scan asks for a few hundred: lists that are not wanted are cut out before
 * parsing. Undefined if the record is invalid.
 */
export function symbolsOfPackages(text: string, wanted: ReadonlySet<string>): LayerSymbols | undefined {
  const parts: string[] = [];
  let end = 0;
  // Only lists of functions have brackets: names have none (symbol-name.ts).
  for (let start = text.indexOf('['); start >= 0; start = text.indexOf('[', end)) {
    const path = text.slice(text.lastIndexOf('"', start - 3) + 1, start - 2);
    const close = text.indexOf(']', start) + 1;
    if (close === 0) return undefined;
    parts.push(text.slice(end, start), wanted.has(path) ? text.slice(start, close) : '[]');
    end = close;
  }
  return layerSymbolsOf(jsonOf([...parts, text.slice(end)].join('')));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
