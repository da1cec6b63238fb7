#!/usr/bin/env node
// Starts the published package: in the source there is no dist/, and `npm run pack` makes it.
const { version } = require('../package.json');
const { main } = require('../dist/index.js');

main(process.argv.slice(2), process, version).then((exitCode) => {
  process.exitCode = exitCode;
});
