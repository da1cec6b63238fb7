import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES, LEAF, TOOLS, type Graph } from './graph';

const PARENTS: Readonly<Record<(typeof IMAGES)[number], string>> = {
  'tooling-k8s': 'base',
  'tooling-k8s-aws': 'tooling-k8s',
  'tooling-k8s-openstack': 'tooling-k8s',
};

/** Quietly, from the .debs at hand; the network is off. */
const INSTALL = 'apt-get -qq install -y --no-install-recommends /debs/*.deb >/dev/null';

/**
 * Writes one Dockerfile for each image into the context: the .debs are mounted, the programs are copied, each
 * to a layer of its own. `from` says how a Dockerfile names its parent.
 */
export function writeDockerfiles(
  { context }: Graph,
  description: string,
  from: (parent: string) => string,
): void {
  for (const image of IMAGES) {
    const label = image === LEAF ? description : image;
    const lines = [
      `FROM ${from(PARENTS[image])}`,
      'USER root',
      `RUN --mount=type=bind,source=debs/${image},target=/debs DEBIAN_FRONTEND=noninteractive ${INSTALL}`,
      ...(image === 'tooling-k8s' ? TOOLS.map((tool) => `COPY bin/${tool} /usr/local/bin/${tool}`) : []),
      'USER 1000:1000',
      `LABEL org.opencontainers.image.description="${label}"`,
    ];
    mkdirSync(join(context, 'dockerfiles'), { recursive: true });
    writeFileSync(join(context, 'dockerfiles', image), `${lines.join('\n')}\n`);
  }
}
