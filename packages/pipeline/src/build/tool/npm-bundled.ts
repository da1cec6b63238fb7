import { open } from 'node:fs/promises';
import { isInNpmRange, isOlderNpmVersion, jsonObject, stringMembers } from '@image-tooling/model';
import type { Taken, TakenFiles } from '@image-tooling/sources';

/** A package in a folder "node_modules" of another package. */
export interface BundledPackage {
  /** Target path of its folder, without a slash at its end. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Ranges of the packages that it needs, by name. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Whether npm would run a program to install it. */
  readonly hasInstallScript: boolean;
}

type TakenFile = Extract<Taken, { readonly kind: 'file' }>;

const MANIFEST = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@][^/]*(?=\/package\.json$)/;
const MOST_MANIFEST_BYTES = 4_000_000;

/** Returns the packages in folders "node_modules" of taken files. Those without a valid package.json are left out. */
export async function bundledPackages({ files }: TakenFiles): Promise<BundledPackage[]> {
  const found: BundledPackage[] = [];
  for (const file of files) {
    const folder = file.kind === 'file' ? MANIFEST.exec(file.to)?.[0] : undefined;
    if (folder === undefined) continue;
    const bundled = read(folder, await bytesOf(file as TakenFile));
    if (bundled) found.push(bundled);
  }
  return found;
}

/** Returns the packages of this name that are older. */
export function olderPackages(
  bundled: readonly BundledPackage[],
  { package: name, version }: { readonly package: string; readonly version: string },
): BundledPackage[] {
  return bundled.filter((one) => one.name === name && isOlderNpmVersion(one.version, version));
}

/** Returns what a package needs and does not find where Node looks (Node.js, "Loading from node_modules folders"). */
export function missingDependencies(one: BundledPackage, all: readonly BundledPackage[]): string[] {
  const at = new Map(all.map((other) => [other.folder, other]));
  return Object.entries(one.dependencies).flatMap(([name, range]) => {
    const there = foldersAbove(one.folder).flatMap(
      (folder) => at.get(`${folder}node_modules/${name}`) ?? [],
    )[0];
    if (there && isInNpmRange(there.version, range)) return [];
    return [`${name} ${range}${there ? `, and ${there.version} is in it` : ''}`];
  });
}

/** "a/node_modules/b" → "a/node_modules/b/", "a/", "". Node looks in all folders above, too. */
function foldersAbove(folder: string): string[] {
  const parts = folder.split('/');
  return [...parts.keys(), parts.length].reverse().map((count) =>
    parts
      .slice(0, count)
      .map((part) => `${part}/`)
      .join(''),
  );
}

function read(folder: string, bytes: Buffer): BundledPackage | undefined {
  const { name, version, dependencies, optionalDependencies, scripts } = jsonObject(bytes) ?? {};
  if (typeof name !== 'string' || typeof version !== 'string') return undefined;
  const optional = stringMembers(optionalDependencies);
  const needed = Object.entries(stringMembers(dependencies)).filter(([one]) => !Object.hasOwn(optional, one));
  const steps = ['preinstall', 'install', 'postinstall'];
  const run = stringMembers(scripts);
  return {
    ...{ folder, name, version, dependencies: Object.fromEntries(needed) },
    hasInstallScript: steps.some((step) => Object.hasOwn(run, step)),
  };
}

async function bytesOf({ content }: TakenFile): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(content.length, MOST_MANIFEST_BYTES));
  const file = await open(content.file);
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, content.offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
