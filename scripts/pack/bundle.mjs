import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { outsideDependencies, readPackage, ROOT } from './packages.mjs';

const { INSIDE, bundleOptions } = createRequire(import.meta.url)('../../packages/cli/bin/bundle-options.cjs');

/**
 * Bundles each entry (`src/….ts` of a package) into a file of its own: the plugin must not load what only a generator
 * needs. Gives the npm packages that are inside now, and those that stay dependencies, by name
 * with exact version: what the code names, be it in an import or where it looks a file of theirs up. `sources`: all
 * files that it read.
 */
export function bundle(folder, { entries, to }) {
  const outside = outsideDependencies(folder);
  const peers = Object.keys(readPackage(folder).peerDependencies ?? {});
  const { metafile } = buildSync({
    ...bundleOptions([...Object.keys(outside), ...peers]),
    absWorkingDir: ROOT,
    entryPoints: entries.map((entry) => join('packages', folder, entry)),
    outbase: join('packages', folder, 'src'),
    outdir: join(to, 'dist'),
    metafile: true,
  });
  const code = Object.keys(metafile.outputs).map((file) => withoutLink(join(ROOT, file)));
  const isUsed = (name) => code.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`));
  const dependencies = Object.fromEntries(
    Object.entries(outside)
      .filter(([name]) => !INSIDE.includes(name) && isUsed(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  refuseUndeclared(folder, metafile, [...Object.keys(dependencies), ...peers]);
  return { inside: packagesInside(metafile), dependencies, sources: Object.keys(metafile.inputs) };
}

/**
 * Returns the text of a bundle. esbuild writes the real paths of modules into it: if node_modules is a link to that of
 * another folder, they are replaced by those that it has without the link.
 */
function withoutLink(file) {
  const text = readFileSync(file, 'utf8');
  const real = relative(ROOT, dirname(realpathSync(join(ROOT, 'node_modules'))));
  if (real === '') return text;
  const replaced = text.replaceAll(`${real}/`, '');
  writeFileSync(file, replaced);
  return replaced;
}

/** A package that is found here by luck would be missing where the bundle is installed. */
function refuseUndeclared(folder, { outputs }, declared) {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const used = imports
    .filter(({ external, kind }) => external && kind !== 'url-token')
    .map(({ path }) => path);
  const strange = used.filter((path) => !isBuiltin(path) && !declared.includes(packageOf(path)));
  if (strange.length > 0)
    throw new Error(`packages/${folder} imports what it does not declare: ${strange.join(', ')}`);
}

function isBuiltin(path) {
  return path.startsWith('node:') || builtinModules.includes(path);
}

/** The folders in node_modules that files of the bundle come from. */
function packagesInside({ inputs, outputs }) {
  const used = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = used.filter((path) => path in inputs).map(moduleFolder);
  return [...new Set(folders)].filter((path) => path !== undefined).sort();
}

function moduleFolder(path) {
  const start = path.lastIndexOf('node_modules/');
  if (start < 0) return undefined;
  const inside = start + 'node_modules/'.length;
  return path.slice(0, inside) + packageOf(path.slice(inside));
}

function packageOf(path) {
  return path.split('/', path.startsWith('@') ? 2 : 1).join('/');
}
