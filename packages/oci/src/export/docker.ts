import { valueOf } from '@image-tooling/host';
import { canonicalJson, hexOf, type Layer } from '@image-tooling/model';
import { layerTar } from '../layer/convert';
import type { Store } from '../store/store';
import { fileEntry, type TarEntry } from '@image-tooling/layer';
import type { ExportImage, ExportOptions } from './request';

/**
 * Builds the archive that `docker load` and `podman load` read (moby's image specification v1.2, "Combined Image
 * JSON"): the configuration, each layer as an uncompressed tar, which every Docker version reads, and manifest.json.
 */
export async function dockerArchive(image: ExportImage, options: ExportOptions): Promise<TarEntry[]> {
  const config = `${hexOf(image.configDigest)}.json`;
  const layers = new Map(image.layers.map((layer) => [tarName(layer), layer]));
  const manifest = [{ Config: config, RepoTags: [options.reference], Layers: image.layers.map(tarName) }];
  return [
    fileEntry(config, valueOf(await options.store.readBlob(image.configDigest))),
    ...[...layers.values()].map((layer) => tarEntry(layer, options.store)),
    fileEntry('manifest.json', canonicalJson(manifest)),
  ];
}

function tarName({ diffId }: Layer): string {
  return `${hexOf(diffId)}.tar`;
}

function tarEntry(layer: Layer, store: Store): TarEntry {
  const open = () => layerTar(layer, store);
  return { ...fileEntry(tarName(layer), ''), size: layer.tarSize, content: { kind: 'stream', open } };
}
