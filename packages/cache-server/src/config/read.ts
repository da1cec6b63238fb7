import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readRegularFile } from '@image-tooling/host';
import { fail, failWith, ok, parseJson, type Failure, type Parsed, type Result } from '@image-tooling/model';
import { openObjectStore } from '@image-tooling/object-store';
import { configMistakes, tokenMistakes } from './check';
import { configSchema, tokensSchema, type Config, type StaticToken } from './schema';

/** A configuration without mistakes. */
export interface Settings {
  readonly config: Config;
  readonly tokens: readonly StaticToken[];
  readonly host: string;
  readonly port: number;
  /** Folder for temporary files. */
  readonly temporary: string;
}

const MOST_BYTES = 10_000_000;

/**
 * Reads cache-server.json, with the environment's CACHE_LISTEN, CACHE_STORAGE and CACHE_TEMPORARY in place of its own,
 * and the file with static tokens. Fails with every mistake of both at once.
 */
export async function readSettings(file: string, env: NodeJS.ProcessEnv): Promise<Result<Settings>> {
  const parsed = await parse(file, (path, text) => parseJson(configSchema, path, text));
  if (!parsed.ok) return parsed;
  const { document, value } = parsed.value;
  const config = withEnvironment(value, env);
  const mistakes = configMistakes(config, document);
  const tokens = await readTokens(file, config);
  const failures = [...mistakes, ...storageMistakes(config, env), ...(tokens.ok ? [] : tokens.failures)];
  if (failures.length > 0 || !tokens.ok) return failWith(failures);
  return ok({ config, tokens: tokens.value, ...addressOf(config), temporary: temporaryOf(config) });
}

async function parse<T>(
  file: string,
  read: (file: string, text: string) => Result<Parsed<T>>,
): Promise<Result<Parsed<T>>> {
  const bytes = await readRegularFile(resolve(file), MOST_BYTES);
  if (!bytes.ok) return bytes;
  if (!bytes.value) return fail(missing(file));
  return read(file, bytes.value.toString());
}

function missing(file: string): Failure {
  const hint = 'Write it, or name another file by --config; docs/cache-server.md has an example.';
  return { code: 'usage', message: `There is no ${file}.`, hint };
}

function withEnvironment(config: Config, env: NodeJS.ProcessEnv): Config {
  const given = {
    listen: env['CACHE_LISTEN'],
    storage: env['CACHE_STORAGE'],
    temporary: env['CACHE_TEMPORARY'],
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return { ...config, ...(Object.fromEntries(set) as Partial<Config>) };
}

async function readTokens(file: string, config: Config): Promise<Result<readonly StaticToken[]>> {
  if (config.tokens === undefined) return ok([]);
  const path = join(dirname(file), config.tokens);
  const parsed = await parse(config.tokens.startsWith('/') ? config.tokens : path, (name, text) =>
    parseJson(tokensSchema, name, text),
  );
  if (!parsed.ok) return parsed;
  const { value, document } = parsed.value;
  const mistakes = tokenMistakes(value.tokens, config, document);
  return mistakes.length > 0 ? failWith(mistakes) : ok(value.tokens);
}

/** Opens it, which sends and writes nothing. */
function storageMistakes({ storage }: Config, env: NodeJS.ProcessEnv): readonly Failure[] {
  const opened = openObjectStore(storage, { env });
  return opened.ok ? [] : opened.failures;
}

function addressOf({ listen }: Config): { readonly host: string; readonly port: number } {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) };
}

/** In the folder of the store, a file would only be renamed; but a bucket has none. */
function temporaryOf({ temporary }: Config): string {
  return temporary ?? join(tmpdir(), 'image-tooling-cache-server');
}
