// The workspace's TypeScript as one JavaScript file, made again when a source file changes. Node 20 reads no
// TypeScript, and compiling on the fly in each of a run's many tasks costs more than the tasks themselves.
const { createHash } = require('node:crypto');
const {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  existsSync,
  utimesSync,
} = require('node:fs');
const { join } = require('node:path');

const WORKSPACE = join(__dirname, '..', '..', '..');
const PACKAGES = ['model', 'host', 'oci', 'engines', 'sources', 'pipeline', 'cli'];
const CACHE = join(WORKSPACE, 'node_modules', '.cache', 'image-tooling');
const KEPT_HOURS = 24;
/** What every run needs: read as one file with ours, a third of the start's time is saved. */
const INSIDE = ['zod', 'jsonc-parser', 'proper-lockfile', 'p-limit'];

/** The path of the bundle of today's source; made first where it is not there. */
function sourceBundle() {
  const bundle = join(CACHE, `${sourceHash()}.cjs`);
  if (!existsSync(bundle)) write(bundle);
  return bundle;
}

function sourceHash() {
  const hash = createHash('sha256').update(readFileSync(__filename));
  for (const file of sourceFiles()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 32);
}

function sourceFiles() {
  return [
    join(WORKSPACE, 'package-lock.json'),
    ...PACKAGES.flatMap((name) => filesBelow(join(WORKSPACE, 'packages', name, 'src'))),
  ];
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
}

/** Writes whole or not at all: parallel tasks may all do it at once, with the same bytes. */
function write(bundle) {
  const temporary = `${bundle}.${process.pid}.tmp`;
  mkdirSync(CACHE, { recursive: true });
  require('esbuild').buildSync({
    entryPoints: [join(WORKSPACE, 'packages', 'cli', 'src', 'index.ts')],
    outfile: temporary,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The ESM forms: of those only what is used goes into the bundle.
    mainFields: ['module', 'main'],
    external: dependencies().filter((name) => !INSIDE.includes(name)),
    logLevel: 'error',
  });
  renameSync(temporary, bundle);
  removeOld(bundle);
}

/** What the packages take from npm. Native modules can't be bundled; the others load when first used. */
function dependencies() {
  return PACKAGES.flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(WORKSPACE, 'packages', name, 'package.json'), 'utf8'));
    return Object.keys(manifest.dependencies ?? {});
  }).filter((name) => !name.startsWith('@image-tooling/'));
}

/** Another checkout state's task may still be loading its bundle: only what nobody made for a day goes. */
function removeOld(made) {
  const limit = Date.now() - KEPT_HOURS * 3_600_000;
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name);
    // A parallel task may have renamed its own since: what is gone is not old.
    const found = statSync(path, { throwIfNoEntry: false });
    if (path !== made && found && found.mtimeMs < limit) rmSync(path, { force: true });
  }
}

module.exports = { sourceBundle, dependencies };
