// Half of a start is V8 compiling the bundle. Node 22 keeps compiled code by itself (module.enableCompileCache); in
// Node 20 a script that is loaded by hand can.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { tryToWrite } = require('./try-to-write.cjs');

const HASH_BYTES = 32;

/**
 * Loads a CommonJS bundle as `require` does, with the code that V8 compiled for it in an earlier run of the same name.
 * `keepCode`, called at the end, keeps that of this run where there was none that V8 takes. The bundle may not use
 * `import()`.
 */
function loadWithCode({ path, text }, name) {
  const file = path.replace(/\.cjs$/, `.${name}.code`);
  const kept = readCode(file);
  const script = new Script(wrap(text), { filename: path, cachedData: kept });
  const isMissing = kept === undefined || script.cachedDataRejected;
  const module = { exports: {} };
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  return {
    exports: module.exports,
    keepCode: () => isMissing && writeCode(file, script.createCachedData()),
  };
}

/** V8 refuses the code of another version of itself; in what was damaged on disk it crashes, so that is ours to see. */
function readCode(file) {
  try {
    const content = readFileSync(file);
    const code = content.subarray(HASH_BYTES);
    return hashOf(code).equals(content.subarray(0, HASH_BYTES)) ? code : undefined;
  } catch {
    return undefined;
  }
}

function writeCode(file, code) {
  tryToWrite(file, Buffer.concat([hashOf(code), code]));
}

function hashOf(code) {
  return createHash('sha256').update(code).digest();
}

module.exports = { loadWithCode };
