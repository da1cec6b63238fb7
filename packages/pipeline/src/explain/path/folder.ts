import type { FolderPart, PathExplanation } from '@image-tooling/model';
import { factsOf, sumOf } from './facts';
import { isInside, seenBelow, type PresentRecord } from './history';
import type { ExplainableLayer } from './layers';
import { layerName } from './layers';

/** Returns the layers of a folder's content (a byte string), lowest first. */
export function folderParts(
  layers: readonly ExplainableLayer[],
  folder: string,
): NonNullable<PathExplanation['folder']> {
  const seen = seenBelow(
    layers.map(({ paths }) => paths),
    folder,
  );
  const size = sumOf([...seen.values()].map(ownSize));
  return {
    entries: seen.size,
    ...(size !== undefined && { size }),
    parts: layers.flatMap((layer) => partOf(layer, folder === '' ? '' : `${folder}/`)),
  };
}

function partOf(layer: ExplainableLayer, prefix: string): FolderPart[] {
  const records = [...layer.paths].flatMap(([path, record]) =>
    isInside(path, prefix) && (record.kind === 'dir' || record.kind === 'other') ? [record] : [],
  );
  const size = sumOf(records.map(ownSize));
  return records.length === 0
    ? []
    : [{ layer: layerName(layer), entries: records.length, ...(size !== undefined && { size }) }];
}

/** A hard link takes no space. */
function ownSize(record: PresentRecord): number | undefined {
  if (record.kind === 'dir' || record.type !== 'file') return 0;
  return factsOf(record, new Map()).size;
}
