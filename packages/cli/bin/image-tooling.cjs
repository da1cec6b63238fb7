#!/usr/bin/env node
// Starts image-tooling: from the bundle that a published package holds, else from the source next to it.
const { setFlagsFromString } = require('node:v8');

// undici parses HTTP with WebAssembly, which V8 compiles again, optimised, after the first kilobytes: 0.1 s
// on another core, and the process waits for it at exit. Runs are too short for that to pay off.
setFlagsFromString('--wasm-tiering-budget=1000000000');
// V8 optimises functions on other cores, a fifth of the processor time of a task that builds nothing. It begins
// after eight times as much work as by default: loops over layers get there in milliseconds, short tasks never.
setFlagsFromString('--interrupt-budget=540672');

const args = process.argv.slice(2);
const { version } = require('../package.json');

// A publish reads a gigabyte in short-lived pieces. V8 would let the space for new objects grow from 2 to 32 MB, and
// commit 16 more while it collects them: 30 MB of the 150 that a publish may use.
if (args[0] === 'publish') setFlagsFromString('--semi-space-growth-factor=1');
// A scan allocates 30 MB of objects. With a space of 16 MB for new ones from the second collection on, V8 collects them
// half as often.
if (args[0] === 'scan') setFlagsFromString('--semi-space-growth-factor=16');

const { main, keepCode } = load();

// If the process ends before `main` does, that is a failure.
process.exitCode = 1;
main?.(args, process, version, openLayerCache).then((exitCode) => {
  process.exitCode = exitCode;
  if (exitCode === 0) keepCode?.();
});

function load() {
  try {
    const { loadBundle } = require('./load-bundle.cjs');
    const { exports, keepCode } = loadBundle(args[0] === 'cache' ? 'cache' : 'index', commandName());
    return { main: exports.main, keepCode };
  } catch (error) {
    process.stderr.write(
      `error: image-tooling can't be loaded: ${error[process.env.IMAGE_VERBOSE ? 'stack' : 'message']}\n`,
    );
    return {};
  }
}

/** Opens the workspace's remote cache, with code that most runs don't load. */
function openLayerCache(workspace) {
  const { loadBundle } = require('./load-bundle.cjs');
  return loadBundle('cache', 'layers').exports.openLayerCache(workspace);
}

function commandName() {
  return /^[a-z]+$/.test(args[0] ?? '') ? args[0] : 'none';
}
