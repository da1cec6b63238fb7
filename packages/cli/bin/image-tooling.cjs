#!/usr/bin/env node
// Starts image-tooling: from the bundle that a published package holds, else from the source beside it.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const published = join(__dirname, '..', 'dist', 'cli.cjs');
const bundle = existsSync(published) ? published : require('./source-bundle.cjs').sourceBundle();

require(bundle)
  .main(process.argv.slice(2))
  .then((exitCode) => {
    process.exitCode = exitCode;
  });
