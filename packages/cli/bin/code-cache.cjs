// Half of the start-up time is V8 compiling the bundle. Node 22 can cache compiled code
// (module.enableCompileCache); in Node 20, vm.Script can.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { dirname } = require('node:path');
const { Script } = require('node:vm');
const { tryToWrite } = require('./try-to-write.cjs');

const HASH_BYTES = 32;

/**
 * Loads a CommonJS bundle as `require` does, with the code that V8 compiled in an earlier run of the same
 * name. `keepCode`, called at the end, saves the code of this run if no usable code was cached, and now and then
 * if this run compiled more. The bundle may not use `import()`.
 */
function loadWithCode({ path, text }, name) {
  const file = path.replace(/\.c?js$/, `.${name}.code`);
  const kept = readCode(file);
  const script = new Script(wrap(text), { filename: path, cachedData: kept });
  const isMissing = kept === undefined || script.cachedDataRejected;
  const module = { exports: {} };
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, createRequire(path), module, path, dirname(path));
  return {
    exports: module.exports,
    keepCode: () => {
      if (isMissing || isSample()) writeLarger(file, script.createCachedData(), isMissing ? 0 : kept.length);
    },
  };
}

/** One run in 16 looks whether it compiled more: the first of a command may have been a tool's, the rest images. */
function isSample() {
  return process.pid % 16 === 0;
}

function writeLarger(file, code, size) {
  if (code.length > 1.05 * size) writeCode(file, code);
}

/** V8 rejects code of another V8 version, but crashes on damaged code: the hash detects damage. */
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
