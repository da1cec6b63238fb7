import type { RegistryFault, RequestMatch } from '@image-tooling/testkit';

/** A fault of a registry, as a row of a table of tests. */
export type NamedFault = [
  what: string,
  /** A part of what is printed of it. */
  note: string,
  rule: RequestMatch & { readonly fault: RegistryFault },
  env?: NodeJS.ProcessEnv,
];

/** Returns the faults with these names; without names all. Throws where a name is unknown. */
export function named(faults: readonly NamedFault[], names?: readonly string[]): NamedFault[] {
  const absent = names?.filter((name) => !faults.some(([what]) => what === name)) ?? [];
  if (absent.length > 0) throw new Error(`unknown faults: ${absent.join(', ')}`);
  return faults.filter(([what]) => names?.includes(what) ?? true);
}

export const answer = (status: number, headers = {}) => ({ kind: 'answer', status, headers }) as const;
export const LOGIN = { 'www-authenticate': 'Basic realm="team"' };
export const SHORT = { IMAGE_HTTP_TIMEOUT_SECONDS: '1' };
