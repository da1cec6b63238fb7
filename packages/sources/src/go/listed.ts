import { ok, type Result } from '@image-tooling/model';

/** Runs a go command with these arguments; returns its output. */
export type RunGo = (args: readonly string[]) => Promise<Result<string>>;

/** The registry's answer about a module version (`go help list`, "The -m flag"). */
export interface FoundModule {
  readonly version: string;
  /** When the version was made, in seconds since the epoch; 0 where the registry does not say. */
  readonly time: number;
  /** Path of its go.mod. */
  readonly goMod: string;
}

/** Returns the version that a query such as "golang.org/x/net@latest" means. Fails as the go command does. */
export async function findModule(query: string, go: RunGo): Promise<Result<FoundModule>> {
  const printed = await go(['list', '-m', '-json', query]);
  if (!printed.ok) return printed;
  const { Version, Time, GoMod } = JSON.parse(printed.value) as Printed;
  const time = Time === undefined ? 0 : Math.floor(Date.parse(Time) / 1000);
  return ok({ version: Version, time, goMod: GoMod });
}

interface Printed {
  readonly Version: string;
  readonly Time?: string;
  readonly GoMod: string;
}

/** Returns the objects that `go list -json` writes one after the other, each ending in a line of its own. */
export function parseConcatenated<P>(text: string): P[] {
  return text
    .split(/(?<=^\}\n)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as P);
}
