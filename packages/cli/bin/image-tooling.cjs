#!/usr/bin/env node
// Starts image-tooling: from the bundle that a published package holds, else from the source next to it.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');

// undici parses HTTP with WebAssembly, which V8 compiles again, optimised, after the first kilobytes: 0.1 s
// on another core, and the process waits for it at exit. Runs are too short for that to pay off.
setFlagsFromString('--wasm-tiering-budget=1000000000');

const args = process.argv.slice(2);

// A publish reads a gigabyte in short-lived pieces. V8 would let the space for new objects grow from 2 to 32 MB, and
// commit 16 more while it collects them: 30 MB of the 150 that a publish may use.
if (args[0] === 'publish') setFlagsFromString('--semi-space-growth-factor=1');

const published = join(__dirname, '..', 'dist', 'index.js');
const { main, keepCode } = load();

// If the process ends before `main` does, that is a failure.
process.exitCode = 1;
main?.(args, process, require('../package.json').version).then((exitCode) => {
  process.exitCode = exitCode;
  if (exitCode === 0) keepCode?.();
});

function load() {
  try {
    return existsSync(published) ? require(published) : fromSource();
  } catch (error) {
    process.stderr.write(
      `error: image-tooling can't be loaded: ${error[process.env.IMAGE_VERBOSE ? 'stack' : 'message']}\n`,
    );
    return {};
  }
}

function fromSource() {
  const { COMMAND, sourceBundle } = require('./source-bundle.cjs');
  const { loadWithCode } = require('./code-cache.cjs');
  const { exports, keepCode } = loadWithCode(sourceBundle(COMMAND), commandName());
  return { main: exports.main, keepCode };
}

/** Each command has a code cache of its own: one for all commands would take longer to read than it saves. */
function commandName() {
  return /^[a-z]+$/.test(args[0] ?? '') ? args[0] : 'none';
}
