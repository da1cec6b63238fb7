import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle } from './bundle.mjs';
import { licencesOf } from './licences.mjs';
import { bundledPaths, manifest, sourceEntries } from './manifest.mjs';
import { readPackage, ROOT } from './packages.mjs';

/** Files of a package in addition to its bundle: [from, below the root; to, in the package]. */
const ADDITIONAL = {
  cli: ['image-tooling.cjs', 'cache.cjs', 'load-bundle.cjs', 'code-cache.cjs', 'try-to-write.cjs'].map(
    (name) => [`packages/cli/bin/${name}`, `bin/${name}`],
  ),
  nx: [
    ['packages/nx/bin', 'bin'],
    ['packages/nx/executor.schema.json', 'executor.schema.json'],
    ['schemas', 'schemas'],
    ['trust', 'trust'],
  ],
  create: [['packages/create/bin', 'bin']],
  'cache-server': [['packages/cache-server/bin', 'bin']],
  toolbox: [
    ['packages/toolbox/bin', 'bin'],
    ['packages/toolbox/sh', 'sh'],
    ['schemas/toolbox.schema.json', 'schemas/toolbox.schema.json'],
  ],
};
/** Lists of Nx that name source files. */
const LISTS = ['executors.json', 'generators.json'];

/** Lays out in a folder what npm is to pack. Gives what `bundle` gives. */
export function stage(folder, { to, version, repository }) {
  const lists = LISTS.filter((name) => existsSync(join(ROOT, 'packages', folder, name)));
  const read = lists.map((name) => JSON.parse(readFileSync(join(ROOT, 'packages', folder, name), 'utf8')));
  const entries = sourceEntries(readPackage(folder).main, readPackage(folder).exports, ...read);
  const bundled = bundle(folder, { entries, to });
  const { inside, dependencies } = bundled;
  lists.forEach((name, index) => writeJson(join(to, name), bundledPaths(read[index])));
  writeJson(
    join(to, 'package.json'),
    manifest(folder, {
      version,
      dependencies,
      extra: { ...extra(folder, version, dependencies), repository },
    }),
  );
  if (inside.length > 0) write(join(to, 'dist/THIRD-PARTY-LICENCES.txt'), licencesOf(inside));
  copy('LICENSE', join(to, 'LICENSE'));
  copy(`packages/${folder}/README.md`, join(to, 'README.md'));
  for (const [from, target] of ADDITIONAL[folder]) copy(from, join(to, target));
  copyDataOfGenerators(folder, to);
  return bundled;
}

/**
 * The plugin runs the command of its own version, and brings @nx/devkit: yarn 1 installs no peers, and then
 * Nx can't load the plugin. A new workspace begins with the Nx that all was tested with.
 */
function extra(folder, version, dependencies) {
  if (folder === 'nx')
    return {
      dependencies: { ...dependencies, ...readPackage(folder).peerDependencies },
      peerDependencies: { '@image-tooling/cli': version },
    };
  return folder === 'create' ? { nxVersion: readRoot().devDependencies.nx } : {};
}

function readRoot() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

/** Schemas and templates are next to the generator that uses them, in the source and in the package. */
function copyDataOfGenerators(folder, to) {
  const generators = join(ROOT, 'packages', folder, 'src/generators');
  if (!existsSync(generators)) return;
  const isData = (path) => !path.endsWith('.ts');
  cpSync(generators, join(to, 'dist/generators'), { recursive: true, filter: isData });
}

function copy(from, to) {
  cpSync(join(ROOT, from), to, { recursive: true });
  if (to.endsWith('.cjs')) chmodSync(to, 0o755);
}

function writeJson(path, value) {
  write(path, `${JSON.stringify(value, null, 2)}\n`);
}

function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
