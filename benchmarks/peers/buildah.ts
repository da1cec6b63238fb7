import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { added, costOf, type Cost } from '../lib/cost';
import type { Builder } from './builder';
import { writeDockerfiles } from './dockerfiles';
import { IMAGES, type Graph } from './graph';

/**
 * `buildah bud` with its cache of layers, one image after the other, as root. Its chroot isolation can't switch
 * the network off; apt needs none here.
 */
export function buildah(graph: Graph, folder: string): Builder {
  const root = join(folder, 'buildah');
  const storage = ['--root', root, '--runroot', `${root}-run`, '--storage-driver', 'overlay'];
  const forEach = async (run: (image: string) => Promise<Cost>): Promise<Cost> => {
    let total: Cost = { wall: 0, cpu: 0 };
    for (const image of IMAGES) total = added(total, await run(image));
    return total;
  };
  const bud = ['bud', '--layers', '--isolation=chroot', '--pull-never', '--format=oci', '--quiet'];
  return {
    name: 'buildah',
    async reset() {
      rmSync(root, { recursive: true, force: true });
      rmSync(`${root}-run`, { recursive: true, force: true });
      await costOf(['buildah', ...storage, 'pull', '--quiet', `oci:${graph.base}:dev`]);
      // As an image of its own name, which Dockerfiles refer to.
      await costOf([
        'sh',
        '-ec',
        'buildah "$@" tag "$(buildah "$@" images -q | head -n 1)" localhost/base',
        'sh',
        ...storage,
      ]);
    },
    build(description) {
      writeDockerfiles(graph, description, (parent) => `localhost/${parent}`);
      return forEach((image) =>
        costOf([
          ...['buildah', ...storage, ...bud, '-t', `localhost/${image}`],
          ...['-f', join(graph.context, 'dockerfiles', image), graph.context],
        ]),
      );
    },
    publish: (registry) =>
      forEach((image) =>
        costOf([
          ...['buildah', ...storage, 'push', '--quiet', '--tls-verify=false'],
          ...[`localhost/${image}`, `docker://${registry}/${image}:latest`],
        ]),
      ),
  };
}
