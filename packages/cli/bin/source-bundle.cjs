// The workspace's TypeScript as one JavaScript file, made again when a source file changes. Node 20 reads no
// TypeScript, and compiling on the fly in each of a run's many tasks costs more than the tasks themselves.
const { readFileSync, readdirSync, rmSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { bundleOptions } = require('./bundle-options.cjs');
const { hashOf } = require('./source-hash.cjs');
const { tryToWrite } = require('./try-to-write.cjs');

const WORKSPACE = join(__dirname, '..', '..', '..');
/** What is bundled from source: the file to begin with, and the packages that it imports from. */
const COMMAND = {
  entry: 'cli/src/index.ts',
  packages: [
    'model',
    'host',
    'layer',
    'oci',
    'engines',
    'sources',
    'sbom',
    'scan',
    'attest',
    'ci-plan',
    'pipeline',
    'cli',
  ],
};
/** The commands "cache …" and the plugin's hooks: not in COMMAND, so that no change of them rebuilds an image. */
const REMOTE_CACHE = {
  entry: 'cli/src/cache.ts',
  packages: ['model', 'host', 'sbom', 'layer', 'attest', 'object-store', 'remote-cache', 'cli'],
};
const PLUGIN = { entry: 'nx/src/index.ts', packages: ['model', 'nx'] };
const CACHE = join(WORKSPACE, 'node_modules', '.cache', 'image-tooling');
const KEPT_HOURS = 24;

/**
 * Returns the path and the text, which is ASCII, of the bundle of COMMAND, REMOTE_CACHE, PLUGIN or another for the source as it is now.
 * Makes the bundle if it does not exist yet.
 */
function sourceBundle(bundle) {
  const path = join(CACHE, `${sourceHash(bundle)}.cjs`);
  const text = readBundle(path) ?? makeBundle();
  return { path, text };

  function makeBundle() {
    const made = bundled(bundle);
    if (tryToWrite(path, made)) removeOld();
    return made;
  }
}

function sourceHash({ entry, packages }) {
  const sources = packages.map((name) => join(WORKSPACE, 'packages', name, 'src'));
  return hashOf(
    [join(WORKSPACE, 'package-lock.json'), join(WORKSPACE, 'packages', entry)],
    [__dirname, ...sources],
  );
}

function readBundle(path) {
  try {
    // latin1 takes one byte a character and needs no decoding as UTF-8 does.
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

function bundled({ entry, packages }) {
  const { outputFiles, metafile } = require('esbuild').buildSync({
    entryPoints: [join(WORKSPACE, 'packages', entry)],
    absWorkingDir: WORKSPACE,
    write: false,
    metafile: true,
    ...bundleOptions(dependencies(packages)),
  });
  refuseUnhashed(Object.keys(metafile.inputs), packages);
  return outputFiles[0].text;
}

/** The hash is of the listed packages alone: code of another would be kept after it has changed. */
function refuseUnhashed(files, packages) {
  const strange = files.find((file) => /^packages\//.test(file) && !packages.includes(file.split('/')[1]));
  if (strange !== undefined) throw new Error(`${strange} is in the bundle, but its package is not listed`);
}

/** Lists what packages take from npm. Native modules can't be bundled; the others load when first used. */
function dependencies(packages) {
  return packages
    .flatMap((name) => {
      const manifest = JSON.parse(readFileSync(join(WORKSPACE, 'packages', name, 'package.json'), 'utf8'));
      return Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    })
    .filter((name) => !name.startsWith('@image-tooling/'));
}

/** Removes bundles that are a day old. Tasks that started a moment ago may still load newer ones. */
function removeOld() {
  const limit = Date.now() - KEPT_HOURS * 3_600_000;
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    // A parallel task may have removed or renamed the file: a missing file is not old.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && found.mtimeMs < limit) rmSync(path, { force: true, recursive: true });
  }
}

module.exports = { COMMAND, REMOTE_CACHE, PLUGIN, sourceBundle, dependencies };
