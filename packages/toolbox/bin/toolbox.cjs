#!/usr/bin/env node
// @image-tooling/toolbox (doctor looks for this name).
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { version } = require('../package.json');

const parts = {
  version,
  scripts: join(__dirname, '..', 'sh'),
  // Loaded for few commands only: a call of a tool would wait for it.
  commands: async () => load('commands/index'),
};
load('index')
  .main(process.argv.slice(2), process, parts)
  .then((exitCode) => {
    process.exitCode = exitCode;
  });

/** Loads a file of the published package, or makes it of the source that is next to it. */
function load(file) {
  const published = join(__dirname, '..', 'dist', `${file}.js`);
  return require(existsSync(published) ? published : ofSource(file));
}

function ofSource(file) {
  const { sourceBundle } = require('../../cli/bin/source-bundle.cjs');
  const packages = ['model', 'host', 'layer', 'oci', 'toolbox'];
  return sourceBundle({ entry: `toolbox/src/${file}.ts`, packages }).path;
}
