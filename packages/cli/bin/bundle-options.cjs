/** What is JavaScript alone and used by most runs: as one file with ours, with the code that V8 keeps of it. */
const INSIDE = ['zod', 'jsonc-parser', 'proper-lockfile', 'p-limit', 'semver', 'undici'];

/** How the packages are bundled for Node, with what esbuild must not look into. */
function bundleOptions(dependencies) {
  return {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'ascii',
    // `import()` is none of what a script that is loaded with its code can do: it becomes a late require().
    supported: { 'dynamic-import': false },
    // The ESM forms: of those only what is used goes into the bundle.
    mainFields: ['module', 'main'],
    external: dependencies.filter((name) => !INSIDE.includes(name)),
    logLevel: 'error',
  };
}

module.exports = { INSIDE, bundleOptions };
