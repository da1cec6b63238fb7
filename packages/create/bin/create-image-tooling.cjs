#!/usr/bin/env node
// Starts the published package: in the source there is no dist/, and `npm run pack` makes it.
const { version, nxVersion } = require('../package.json');
const { main } = require('../dist/index.js');

main(process.argv.slice(2), { own: version, nx: nxVersion }).then((exitCode) => {
  process.exitCode = exitCode;
});
