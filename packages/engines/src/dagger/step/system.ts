import type { Client, Directory, DirectoryID } from '@dagger.io/dagger';
import { textOf, type AddedLayer } from './layers';

/** Where the system stands in the context of a build. */
export const SYSTEM = 'system';

const UNPACK = 'FROM scratch\nADD layer /\n';

/**
 * The system as a folder of the engine's: each layer unpacked by itself, then one over the other. The engine keeps
 * both by what they are made of: a layer is sent and unpacked once, whatever chains it stands in. What layers above
 * hide is removed from each layer before: removed afterwards, a folder that is there again has its old content after
 * the next COPY (seen with engine 0.21.8).
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
