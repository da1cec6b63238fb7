import { ok, type Result } from '@image-tooling/model';
import { runGo, type GoCommand } from './command';

/** A module whose code is linked into a tool, with the name and version that it was fetched by. */
export interface LinkedModule {
  readonly path: string;
  /** With its "v". */
  readonly version: string;
  /** The folder that it is unpacked in. */
  readonly folder: string;
  /** Folders of its packages that are linked. */
  readonly packages: readonly string[];
}

/** The packages that a tool is compiled from. */
export interface PackageList {
  /** Number of packages, the standard library's included. */
  readonly count: number;
  readonly modules: readonly LinkedModule[];
}

/** `go help list`: the fields of a package that we read. */
interface ListedPackage {
  readonly Dir: string;
  readonly Standard?: boolean;
  readonly Module?: ListedModule;
}

interface ListedModule {
  readonly Path: string;
  readonly Version?: string;
  readonly Dir?: string;
  readonly Replace?: ListedModule;
}

/**
 * Returns the build flags that decide the packages and bytes of a build; the same for every command on a
 * tool.
 */
export function buildFlags(tool: { readonly tags?: readonly string[] }): string[] {
  return [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    ...(tool.tags?.length ? [`-tags=${tool.tags.join(',')}`] : []),
  ];
}

/**
 * Returns all packages that the command `packagePath` is linked from. Fetches modules if `command.env` allows
 * network access.
 */
export async function listPackages(
  command: Omit<GoCommand, 'args'>,
  tool: { readonly package: string; readonly tags?: readonly string[] },
): Promise<Result<PackageList>> {
  const result = await runGo({
    ...command,
    args: ['list', ...buildFlags(tool), '-modcacherw', '-deps', '-json=Dir,Standard,Module', tool.package],
  });
  return result.ok ? ok(packageList(parseConcatenated(result.value.stdout))) : result;
}

function packageList(packages: readonly ListedPackage[]): PackageList {
  const modules = new Map<string, LinkedModule>();
  for (const { Dir, Standard, Module } of packages) {
    const source = Module?.Replace ?? Module;
    if (Standard || !source?.Version || !source.Dir) continue;
    const key = `${source.Path}@${source.Version}`;
    const known = modules.get(key);
    modules.set(key, {
      path: source.Path,
      version: source.Version,
      folder: source.Dir,
      packages: [...(known?.packages ?? []), Dir],
    });
  }
  return { count: packages.length, modules: [...modules.values()] };
}

/** `go list -json` writes objects one after the other, each ending in a line of its own. */
function parseConcatenated(text: string): ListedPackage[] {
  return text
    .split(/(?<=^\}\n)/m)
    .filter((part) => part.trim() !== '')
    .map((part) => JSON.parse(part) as ListedPackage);
}
