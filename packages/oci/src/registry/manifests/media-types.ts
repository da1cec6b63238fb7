import { MEDIA_TYPES } from '../../image/manifest';

/** Docker's own, older than OCI's (distribution: "Image Manifest Version 2, Schema 2"). */
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

const INDEX_TYPES: readonly string[] = [MEDIA_TYPES.index, DOCKER_LIST];
const MANIFEST_TYPES: readonly string[] = [MEDIA_TYPES.manifest, DOCKER_MANIFEST];

/** The Accept header: without it, many registries answer with their oldest format. */
export const ACCEPT = [...INDEX_TYPES, ...MANIFEST_TYPES].join(', ');

export function isIndexType(mediaType: string): boolean {
  return INDEX_TYPES.includes(mediaType);
}

export function isManifestType(mediaType: string): boolean {
  return MANIFEST_TYPES.includes(mediaType) || isIndexType(mediaType);
}

/** Returns the media type of a Content-Type header, without parameters. */
export function mediaTypeOf(header: string | undefined): string {
  return header?.split(';')[0]?.trim() ?? '';
}
