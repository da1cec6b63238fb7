// Loads a bundle of a published package, or makes it of the source that is next to it.
const { existsSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');
const { loadWithCode } = require('./code-cache.cjs');
const { version } = require('../package.json');

/**
 * Returns the exports of the bundle of src/<file>.ts, and `keepCode`, see code-cache.cjs.
 *
 * @param name of the code cache: each command has its own, since one for all would take longer to read than it saves
 */
function loadBundle(file, name) {
  const published = join(__dirname, '..', 'dist', `${file}.js`);
  return existsSync(published) ? fromPackage(published, name) : fromSource(file, name);
}

/** The version and the time of the bundle are in the names of its code caches: another bundle never finds old code. */
function fromPackage(path, name) {
  const bundle = { path, text: readFileSync(path, 'latin1') };
  const { mtimeMs } = statSync(path);
  return loadWithCode(bundle, [version, Math.floor(mtimeMs).toString(36), name].join('-'));
}

function fromSource(file, name) {
  const { COMMAND, REMOTE_CACHE, sourceBundle } = require('./source-bundle.cjs');
  return loadWithCode(sourceBundle(file === 'cache' ? REMOTE_CACHE : COMMAND), name);
}

module.exports = { loadBundle };
