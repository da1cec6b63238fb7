// Writes schemas/*.json from the zod schemas of packages/model and packages/scan. A test compares the committed files with
// them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import prettier from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const temporary = await mkdtemp(join(root, 'node_modules', '.schemas-'));
try {
  for (const source of ['model/src/definitions/json-schemas.ts', 'scan/src/report/schema.ts']) {
    const bundle = join(temporary, `${source.split('/')[0]}.mjs`);
    await build({
      entryPoints: [join(root, 'packages', source)],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      alias: { '@image-tooling/model': join(root, 'packages/model/src/index.ts') },
    });
    const { jsonSchemas } = await import(pathToFileURL(bundle).href);
    for (const [name, schema] of Object.entries(jsonSchemas())) {
      const file = join(root, 'schemas', name);
      const options = await prettier.resolveConfig(file);
      await writeFile(file, await prettier.format(JSON.stringify(schema), { ...options, filepath: file }));
      console.log(`schemas/${name}`);
    }
  }
} finally {
  await rm(temporary, { recursive: true, force: true });
}
