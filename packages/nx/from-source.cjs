// The plugin, loaded from this repository's source as one file: Nx would compile each of its files at each start.
const { PLUGIN, sourceBundle } = require('../cli/bin/source-bundle.cjs');
const { loadWithCode } = require('../cli/bin/code-cache.cjs');

const { exports: plugin, keepCode } = loadWithCode(sourceBundle(PLUGIN), 'plugin');
keepCode();
module.exports = plugin;
