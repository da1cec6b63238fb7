import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** An argument as `dagger call --help` shows it. */
export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly isOptional: boolean;
  readonly defaultValue?: unknown;
  readonly defaultAddress?: string;
  readonly ignore?: readonly string[];
}

export interface IntrospectedFunction {
  readonly description: string;
  readonly cache?: string;
  readonly returnType: { readonly kind: string; readonly name?: string };
  readonly arguments: Readonly<Record<string, Argument>>;
}

export interface IntrospectedModule {
  readonly description: string;
  readonly objects: Readonly<Record<string, IntrospectedObject>>;
}

export interface IntrospectedObject {
  readonly _constructor: { readonly arguments: Readonly<Record<string, Argument>> };
  readonly methods: Readonly<Record<string, IntrospectedFunction>>;
}

type Scan = (files: readonly string[], module: string, load: boolean) => Promise<IntrospectedModule>;

const SDK = join(dirname(createRequire(import.meta.url).resolve('@dagger.io/dagger')));
const SOURCE = join(import.meta.dirname, '../src');

/**
 * The module as the TypeScript SDK's own introspector reads it when the engine loads it: what `dagger functions`
 * shows. Laid out as the SDK's runtime does it, with the client's declarations in the place of generated code.
 */
export async function introspect(name: string): Promise<IntrospectedModule> {
  const folder = await mkdtemp(join(tmpdir(), 'dagger-module-'));
  try {
    const client = join(folder, 'node_modules/@dagger.io/dagger');
    await mkdir(client, { recursive: true });
    await cp(join(SDK, 'api/client.gen.d.ts'), join(client, 'client.gen.ts'));
    await cp(join(SDK, 'module/decorators.d.ts'), join(client, 'decorators.ts'));
    await writeFile(
      join(client, 'index.ts'),
      "export * from './client.gen';\nexport * from './decorators';\n",
    );
    await cp(SOURCE, join(folder, 'src'), { recursive: true });
    const files = (await readdir(SOURCE)).map((file) => join(folder, 'src', file));
    return await (
      await loadScan()
    )([...files, join(client, 'client.gen.ts')], name, false);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function loadScan(): Promise<Scan> {
  const file = pathToFileURL(join(SDK, 'module/introspector/index.js')).href;
  const { scan } = (await import(/* @vite-ignore */ file)) as { scan: Scan };
  return scan;
}
