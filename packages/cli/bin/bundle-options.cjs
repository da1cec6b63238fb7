/**
 * Packages of pure JavaScript that most runs use: bundled with our code, so that V8's code cache covers them. jose and
 * aws4fetch: the cache server's package is one file, which an image can take without npm.
 */
const INSIDE = [
  'zod',
  'jsonc-parser',
  'proper-lockfile',
  'p-limit',
  'semver',
  'undici',
  'jose',
  'aws4fetch',
  'packageurl-js',
];

/** Returns esbuild's options for a Node bundle. `external` modules are not bundled. */
function bundleOptions(dependencies) {
  return {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'ascii',
    // A script that is loaded with cached code can't use `import()`: it becomes a late require().
    supported: { 'dynamic-import': false },
    // Prefer ESM builds of dependencies: esbuild then leaves out what is not used.
    mainFields: ['module', 'main'],
    external: dependencies.filter((name) => !INSIDE.includes(name)),
    logLevel: 'error',
  };
}

module.exports = { INSIDE, bundleOptions };
