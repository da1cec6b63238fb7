import type { Client, Directory, DirectoryID } from '@dagger.io/dagger';
import { textOf, type AddedLayer } from './layers';

/** The path of the system in the context of a build. */
export const SYSTEM = 'system';

const UNPACK = 'FROM scratch\nADD layer /\n';

/**
 * Returns the system as a folder in the engine: each layer unpacked by itself, then one over the other. The
 * engine caches both by their inputs: a layer is sent and unpacked once, whatever systems use it. Paths that
 * layers above hide are removed from each layer first: if they are removed later, a folder that is created
 * again has its old content after the next COPY (seen with engine 0.21.8).
 */
export async function systemIn(
  client: Client,
  foldersTar: string,
  layers: readonly AddedLayer[],
): Promise<Directory> {
  const all = [{ path: foldersTar, hidden: [] }, ...layers];
  const trees = await Promise.all(all.map(({ path }) => unpacked(client, path)));
  return trees.reduce((context, tree, index) => {
    const whole = client.loadDirectoryFromID(tree);
    const hidden = all.slice(index + 1).flatMap((above) => above.hidden.map(textOf));
    return context.withDirectory(SYSTEM, hidden.length > 0 ? whole.withoutFiles(hidden) : whole);
  }, client.directory());
}

async function unpacked(client: Client, path: string): Promise<DirectoryID> {
  const layer = client.host().file(path);
  const context = client.directory().withFile('layer', layer).withNewFile('Dockerfile', UNPACK);
  return (await context.dockerBuild().rootfs().id()) as string as DirectoryID;
}
