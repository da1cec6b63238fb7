import { join } from 'node:path';
import { failWith, ok, type Failure, type Result, type Tool } from '@image-tooling/model';
import { npmName, type NpmFile, type TakenFiles } from '@image-tooling/sources';
import type { Session } from '../../session';
import { bundledPackages, missingDependencies, olderPackages, type BundledPackage } from './npm-bundled';
import { takeFromNpm } from './npm-files';

export interface RaiseRequest {
  readonly tool: Pick<Tool, 'name'>;
  /** Files of the tool's package. */
  readonly taken: TakenFiles;
  /** Packages to use instead of older ones that are bundled. */
  readonly raised: readonly NpmFile[];
  /** A folder for unpacked files. */
  readonly into: string;
}

/**
 * Replaces packages that a tool's npm package bundles by newer ones, wherever they are; what is below their own
 * node_modules stays. Fails with `schema` for each that needs other packages than are there or a program to install it,
 * and as `takeFromArchive` does.
 */
export async function withRaisedPackages(
  session: Session,
  { tool, taken, raised, into }: RaiseRequest,
): Promise<Result<TakenFiles>> {
  if (raised.length === 0) return ok(taken);
  let now = taken;
  const folders = new Set<string>();
  for (const file of raised) {
    for (const { folder } of olderPackages(await bundledPackages(now), file)) {
      const unpacked = join(into, String(folders.size));
      const newer = await takeFromNpm(session, {
        file: file.file,
        locked: file,
        files: { '.': folder },
        into: unpacked,
      });
      if (!newer.ok) return newer;
      now = replaced(now, newer.value, { folder, file });
      folders.add(folder);
    }
  }
  const bundled = await bundledPackages(now);
  const wrong = bundled
    .filter(({ folder }) => folders.has(folder))
    .flatMap((one) => unfit(tool, one, bundled));
  return wrong.length > 0 ? failWith(wrong) : ok(now);
}

function replaced(
  taken: TakenFiles,
  newer: TakenFiles,
  { folder, file }: { readonly folder: string; readonly file: NpmFile },
): TakenFiles {
  const isOld = (to: string): boolean =>
    (to === folder || to.startsWith(`${folder}/`)) && !to.startsWith(`${folder}/node_modules/`);
  const ownTerms = `node_modules/${file.package}/`;
  const terms = newer.terms.map(({ path, content }) => ({ path: `${npmName(file)}/${path}`, content }));
  const others = taken.terms.filter(
    ({ path }) => !path.includes(ownTerms) && !terms.some((one) => one.path === path),
  );
  return {
    files: [...taken.files.filter(({ to }) => !isOld(to)), ...newer.files],
    terms: [...others, ...terms],
  };
}

function unfit({ name }: Pick<Tool, 'name'>, one: BundledPackage, all: readonly BundledPackage[]): Failure[] {
  const spec = `${one.name}@${one.version}`;
  const hint = `Raise them together, or use a newer version of the tool: npx nx run ${name}:lock --set-version <version>`;
  const script: Failure = {
    code: 'schema',
    message: `${name}: ${spec} is installed by a program, so it can't replace the bundled one.`,
    hint: `Use a newer version of the tool: npx nx run ${name}:lock --set-version <version>`,
  };
  const missing = missingDependencies(one, all).map((what): Failure => ({
    code: 'schema',
    message: `${name}: ${spec} needs ${what}.`,
    hint,
  }));
  return [...(one.hasInstallScript ? [script] : []), ...missing];
}
