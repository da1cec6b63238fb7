import { licenceOf } from './expression';
import type { FoundNpmPackage } from './types';

/** Reads name, version and licence of a package.json; undefined if it is invalid. */
export function readNpmPackage(text: string): FoundNpmPackage | undefined {
  const { name, version, license } = objectIn(text);
  if (typeof name !== 'string' || typeof version !== 'string' || name === '' || version === '')
    return undefined;
  const stated = typeof license === 'string' ? license : (license as { type?: unknown } | undefined)?.type;
  const licence = typeof stated === 'string' && stated !== '' ? licenceOf(stated) : undefined;
  return { name, version, ...(licence && { licence }) };
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
