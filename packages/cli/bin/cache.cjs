// The hooks of the Nx plugin, which loads this file only in workspaces with a remote cache.
const { join } = require('node:path');
const { loadBundle } = require('./load-bundle.cjs');

const { exports: hooks, keepCode } = loadBundle('cache', 'hooks');
keepCode();

const command = join(__dirname, 'image-tooling.cjs');

module.exports = {
  startEarly: (context, options) => hooks.startEarly(context, { command, ...options }),
  beforeTasks: (context, options) => hooks.beforeTasks(context, { command, ...options }),
  afterTasks: (context, options) => hooks.afterTasks(context, { command, ...options }),
};
