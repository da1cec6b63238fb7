import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { canonicalJson, fail, hexOf, ok, type Digest, type Failed, type Result } from '@image-tooling/model';

/** The file that marks an OCI image layout (OCI image-layout specification). */
export const LAYOUT_FILE = canonicalJson({ imageLayoutVersion: '1.0.0' });

/**
 * Kinds of facts about a layer that are kept by diff id: what is in it, which functions its Go programs have, which
 * secrets are in its files, and which entries of a vulnerability database its modules are in.
 */
export const LAYER_FACTS = ['contents', 'symbols', 'secrets', 'matches'] as const;
export type LayerFact = (typeof LAYER_FACTS)[number];

/** The paths of a store: an OCI image layout with our own records next to it. */
export interface StoreLayout {
  readonly root: string;
  readonly blobs: string;
  readonly builds: string;
  readonly paths: string;
  readonly inputs: string;
  /** Facts about layers by diff id, one folder for each kind. */
  readonly facts: Readonly<Record<LayerFact, string>>;
  /** The workspaces that use it. */
  readonly users: string;
  readonly locks: string;
  readonly temporary: string;
}

export function layoutOf(root: string): StoreLayout {
  return {
    root,
    blobs: join(root, 'blobs', 'sha256'),
    builds: join(root, 'builds'),
    paths: join(root, 'paths'),
    inputs: join(root, 'inputs'),
    facts: {
      contents: join(root, 'contents'),
      symbols: join(root, 'symbols'),
      secrets: join(root, 'secrets'),
      matches: join(root, 'matches'),
    },
    users: join(root, 'users'),
    locks: join(root, 'locks'),
    temporary: join(root, 'tmp'),
  };
}

/**
 * Returns the store's folder: IMAGE_STORE, else `image-tooling` in XDG_CACHE_HOME, else in ~/.cache (XDG base
 * directory specification 0.8: relative paths are ignored). Fails with `usage` if IMAGE_STORE is not an absolute path,
 * or there is no home folder.
 */
export function storeRoot(env: NodeJS.ProcessEnv): Result<string> {
  const asked = env['IMAGE_STORE'] ?? '';
  if (asked !== '') return isAbsolute(asked) ? ok(resolve(asked)) : notAbsolute(asked);
  const cache = env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(cache)) return ok(join(cache, 'image-tooling'));
  const home = homeFolder(env);
  return home === undefined ? noHome() : ok(join(home, '.cache', 'image-tooling'));
}

/** Returns HOME, else the home folder in the system's user database. */
function homeFolder({ HOME = '' }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(HOME)) return HOME;
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** The shell expands "~", and a relative path would be another store in each folder. */
function notAbsolute(asked: string): Failed {
  const isTilde = asked === '~' || asked.startsWith('~/');
  return fail({
    code: 'usage',
    message: `IMAGE_STORE is "${asked}", which is not an absolute path${asked.startsWith('~') ? ': the shell did not expand "~"' : ''}.`,
    hint: `Write the full path${isTilde ? `: IMAGE_STORE="$HOME${asked.slice(1)}"` : asked.startsWith('~') ? '' : `, for example IMAGE_STORE="$PWD/${asked}"`}.`,
  });
}

function noHome(): Failed {
  return fail({
    code: 'usage',
    message: 'There is no folder for the store: HOME is not set, and this user has no home folder.',
    hint: 'Set IMAGE_STORE to the absolute path of a writable folder.',
  });
}

export function recordFile(folder: string, digest: Digest): string {
  return join(folder, `${hexOf(digest)}.json`);
}

/** Returns the file of a fact about a layer: compressed JSON. */
export function factFile({ facts }: StoreLayout, fact: LayerFact, diffId: Digest): string {
  return join(facts[fact], `${hexOf(diffId)}.json.gz`);
}
