#!/usr/bin/env node
// @image-tooling/toolbox (doctor looks for this name). Starts the published package: in the source there is no dist/, and `npm run pack` makes it.
const { join } = require('node:path');
const { version } = require('../package.json');
const { main } = require('../dist/index.js');

const parts = {
  version,
  scripts: join(__dirname, '..', 'sh'),
  // Loaded for few commands only: a call of a tool would wait for it.
  commands: async () => require('../dist/commands/index.js'),
};
main(process.argv.slice(2), process, parts).then((exitCode) => {
  process.exitCode = exitCode;
});
