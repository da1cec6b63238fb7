// Bundles benchmarks/<name>.ts and runs it: node benchmarks/run.mjs tar-compress
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [name, ...args] = process.argv.slice(2);
if (!name) {
  console.error('Usage: node benchmarks/run.mjs <name>');
  process.exit(1);
}
const folder = mkdtempSync(join(import.meta.dirname, '.run-'));
try {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // As in the command's own bundle: code that looks up a file of a package needs it.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    plugins: [{ name: 'packages-outside', setup: keepPackagesOutside }],
  });
  process.exitCode = spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Our own packages are TypeScript and go into the bundle; all others stay outside. */
function keepPackagesOutside(bundler) {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
    path.startsWith('@image-tooling/') ? undefined : { path, external: true },
  );
}
