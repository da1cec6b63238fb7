import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileEntry, writeTarFile } from '@image-tooling/layer';

/** A requested build. */
export interface DaggerBuild {
  readonly dockerfile: string;
  /** What the context is made of, in order: `<path> <- <what>` and `<what> without <paths>`. */
  readonly context: readonly string[];
  readonly platform?: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The host's socket that the build may use. */
  readonly socket?: string;
}

/** The outcome of a build. */
export type DaggerOutcome =
  | {
      readonly kind: 'built';
      /** Files of the folder that is exported, by path. */
      readonly files: Readonly<Record<string, string>>;
      /** The last layer of the image; a tar. */
      readonly layer?: Buffer;
    }
  /** In the engine's words, with its usual prefix. */
  | {
      readonly kind: 'error';
      readonly message: string;
      readonly extensions?: Readonly<Record<string, unknown>>;
    }
  /** The session's own answer if its engine is gone. */
  | { readonly kind: 'http'; readonly status: number; readonly text: string }
  /** No answer at all; or a broken connection. */
  | { readonly kind: 'hangs' | 'drops' };

/** Returns the error of a RUN that fails, as engine 0.21.8 was seen to give it. */
export function execError(exitCode: number, stderr = '', stdout = ''): DaggerOutcome {
  return {
    kind: 'error',
    message: `failed to clone built container state: exit code: ${exitCode} [traceparent:0123-4567]`,
    extensions: { _type: 'EXEC_ERROR', cmd: ['/bin/sh'], exitCode, stderr, stdout },
  };
}

/** Writes the files of a folder, as `Directory.export` does. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Writes an image with one layer as an OCI layout in a tar, as `Container.asTarball` does. */
export async function writeImage(path: string, layer: Buffer): Promise<void> {
  const type = 'application/vnd.oci.image';
  const layerBlob = { mediaType: `${type}.layer.v1.tar`, ...descriptorOf(layer) };
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [layerBlob] }));
  const manifestBlob = { mediaType: `${type}.manifest.v1+json`, ...descriptorOf(manifest) };
  const written = await writeTarFile(
    [
      fileEntry(nameOf(layerBlob.digest), layer),
      fileEntry(nameOf(manifestBlob.digest), manifest),
      fileEntry('index.json', JSON.stringify({ schemaVersion: 2, manifests: [manifestBlob] })),
    ],
    path,
  );
  if (!written.ok) throw new Error(JSON.stringify(written.failures));
}

function descriptorOf(content: Buffer): { digest: string; size: number } {
  return { digest: `sha256:${createHash('sha256').update(content).digest('hex')}`, size: content.length };
}

function nameOf(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}
