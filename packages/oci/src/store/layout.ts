import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { canonicalJson, hexOf, type Digest } from '@image-tooling/model';

/** The file that marks an OCI image layout (OCI image-layout specification). */
export const LAYOUT_FILE = canonicalJson({ imageLayoutVersion: '1.0.0' });

/** Where things are in a store: an OCI image layout with our own records beside it. */
export interface StoreLayout {
  readonly root: string;
  readonly blobs: string;
  readonly builds: string;
  readonly paths: string;
  readonly inputs: string;
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
    users: join(root, 'users'),
    locks: join(root, 'locks'),
    temporary: join(root, 'tmp'),
  };
}

/** IMAGE_STORE, else `image-tooling` in XDG_CACHE_HOME, else in ~/.cache (XDG base directory specification). */
export function defaultRoot(env: NodeJS.ProcessEnv = process.env): string {
  if (env['IMAGE_STORE']) return resolve(env['IMAGE_STORE']);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'image-tooling');
}

export function recordFile(folder: string, digest: Digest): string {
  return join(folder, `${hexOf(digest)}.json`);
}
