import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Enough of an InRelease file for the fields before its lists of files. */
const HEAD_BYTES = 4096;

/**
 * Returns the `Origin` of an archive ("Debian", "Ubuntu") from apt's copy of its InRelease. Undefined if apt
 * has no copy, as in most container images.
 */
export async function originOf(uri: string, suite: string, listsFolder: string): Promise<string | undefined> {
  for (const name of ['InRelease', 'Release']) {
    const text = await headOf(join(listsFolder, fileNameOf(`${uri}/dists/${suite}/${name}`)));
    const origin = /^Origin:[ \t]*(.+?)[ \t\r]*$/m.exec(text)?.[1];
    if (origin !== undefined) return origin;
  }
  return undefined;
}

/** Returns apt's copy of a list of mirrors that it fetched over the network; empty where it has none. */
export function fetchedMirrorList(uri: string, listsFolder: string): Promise<string> {
  return readFile(join(listsFolder, 'auxfiles', fileNameOf(uri)), 'utf8').catch(() => '');
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/**
 * Returns the name of apt's copy of a file (apt-pkg/contrib/strutl.cc, URItoFileName): without scheme and
 * login.
 */
function fileNameOf(uri: string): string {
  const bare = uri.replace(/^[a-z0-9+.-]+:(\/\/(?:[^/@]*@)?)?/i, '');
  const quoted = bare.replace(/[^ -~]|[ %\\|{}[\]<>"^~_=!@#$&*]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return quoted.replaceAll('/', '_');
}
