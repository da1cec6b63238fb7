/** An OCI platform that images can be built for (OCI image-index specification, `platform`). */
export type Platform = 'linux/amd64' | 'linux/arm64';

export const PLATFORMS: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

/** Debian's and Go's word for the processor; here they agree. */
export type Arch = 'amd64' | 'arm64';

export function archOf(platform: Platform): Arch {
  return platform === 'linux/amd64' ? 'amd64' : 'arm64';
}

/** The kinds of processors that images can be built for. */
export const ARCHES: readonly Arch[] = PLATFORMS.map(archOf);

export function platformOf(arch: Arch): Platform {
  return `linux/${arch}`;
}

/**
 * Returns the platform of a machine, from Node's `process.arch` (`x64`, `arm64`); undefined if we build
 * nothing for it.
 */
export function platformOfNode(nodeArch: string): Platform | undefined {
  if (nodeArch === 'x64') return 'linux/amd64';
  return nodeArch === 'arm64' ? 'linux/arm64' : undefined;
}

/** Returns the platform as a folder name: `linux-amd64`. */
export function platformFolder(platform: Platform): string {
  return platform.replace('/', '-');
}
