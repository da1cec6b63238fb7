import { open, type FileHandle } from 'node:fs/promises';
import { BLOCK, paddingOf, readHeader, TarError } from '../../tar/blocks';

/** A file within a tar on disk. */
export interface Member {
  readonly offset: number;
  readonly size: number;
}

/** The files of a plain tar by name, as an OCI layout has them: short names, no extended headers. */
async function membersOf(file: FileHandle): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  const block = Buffer.alloc(BLOCK);
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(block, 0, BLOCK, at);
    if (bytesRead < BLOCK) throw new TarError('it is cut short');
    const header = readHeader(block);
    if (header === undefined) return members;
    members.set(header.name, { offset: at + BLOCK, size: header.size });
    at += BLOCK + header.size + paddingOf(header.size);
  }
}

/**
 * Where the topmost layer of an image stands in an OCI layout that is a tar. Throws a `TarError` where it is none
 * (OCI image-layout specification), or where the layer is not a plain tar.
 */
export async function lastLayerIn(path: string): Promise<Member> {
  const file = await open(path);
  try {
    const members = await membersOf(file);
    const member = (name: string): Member => {
      const found = members.get(name);
      if (!found) throw new TarError(`it has no ${name}`);
      return found;
    };
    const json = async (name: string): Promise<unknown> => {
      const { offset, size } = member(name);
      const { buffer } = await file.read(Buffer.alloc(size), 0, size, offset);
      return JSON.parse(buffer.toString());
    };
    const index = (await json('index.json')) as { manifests?: readonly { digest: string }[] };
    const manifest = (await json(blobName(index.manifests?.[0]?.digest))) as {
      layers?: readonly { digest: string; mediaType: string }[];
    };
    const layer = manifest.layers?.at(-1);
    if (!layer?.mediaType.endsWith('.tar')) throw new TarError(`its last layer is ${layer?.mediaType}`);
    return member(blobName(layer.digest));
  } finally {
    await file.close();
  }
}

function blobName(digest = ''): string {
  return `blobs/${digest.replace(':', '/')}`;
}
