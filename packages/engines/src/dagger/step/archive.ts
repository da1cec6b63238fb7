import { open, type FileHandle } from 'node:fs/promises';
import { Fault, valueOf } from '@image-tooling/host';
import { readTar, type FilePart } from '@image-tooling/layer';

/**
 * Returns where the topmost layer of an image is in an OCI layout that is a tar. Throws a `Fault` with
 * `tar-format` if the file is not such a layout (OCI image-layout specification), or its layer is not a plain
 * tar.
 */
export async function lastLayerIn(path: string): Promise<FilePart> {
  const members = await membersOf(path);
  const file = await open(path);
  try {
    const index = (await json(file, member(members, 'index.json'))) as Index;
    const manifestName = blobName(index.manifests?.[0]?.digest);
    const manifest = (await json(file, member(members, manifestName))) as Manifest;
    const layer = manifest.layers?.at(-1);
    if (!layer?.mediaType.endsWith('.tar'))
      throw notLayout(`its last layer is ${layer?.mediaType ?? 'missing'}`);
    return member(members, blobName(layer.digest));
  } finally {
    await file.close();
  }
}

interface Index {
  readonly manifests?: readonly { readonly digest: string }[];
}

interface Manifest {
  readonly layers?: readonly { readonly digest: string; readonly mediaType: string }[];
}

/** Returns the files of a tar by name. */
async function membersOf(path: string): Promise<ReadonlyMap<string, FilePart>> {
  const entries = valueOf(await readTar(path));
  return new Map(
    entries.flatMap(({ path: name, content }) => (content.kind === 'range' ? [[name, content]] : [])),
  );
}

function member(members: ReadonlyMap<string, FilePart>, name: string): FilePart {
  const found = members.get(name);
  if (!found) throw notLayout(`it has no ${name}`);
  return found;
}

async function json(file: FileHandle, { offset, length }: FilePart): Promise<unknown> {
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
  return JSON.parse(buffer.toString());
}

function notLayout(why: string): Fault {
  return new Fault({ code: 'tar-format', message: `The file is not an OCI layout: ${why}.` });
}

function blobName(digest = ''): string {
  return `blobs/${digest.replace(':', '/')}`;
}
