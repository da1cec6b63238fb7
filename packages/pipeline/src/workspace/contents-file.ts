import { ok, type Digest, type Result } from '@image-tooling/model';
import { secretsOfRecord } from '@image-tooling/scan';
import { layerContentsOf, layerSymbolsOf } from '@image-tooling/sbom';
import type { LayerFact, Store } from '@image-tooling/oci';
import { restoreRecords, writeRecordFile, type LayerRecords } from './record-file';

const VALIDATED: Readonly<Record<LayerFact, (record: unknown) => unknown>> = {
  contents: layerContentsOf,
  symbols: layerSymbolsOf,
  secrets: secretsOfRecord,
};

/** The inventory of an image needs the contents of its layers; a scan, the functions in its Go programs. */
function recordsOf(fact: LayerFact): LayerRecords {
  return {
    file: `${fact}.json.gz`,
    format: [`${fact}Version`, 1],
    has: async (store, diffId) => VALIDATED[fact](await store.getFact(fact, diffId)) !== undefined,
    get: (store, diffId) => store.getFact(fact, diffId),
    async put(store, diffId, record) {
      const valid = VALIDATED[fact](record);
      return valid === undefined ? ok(undefined) : store.putFact(fact, diffId, valid);
    },
  };
}

/** Writes facts about layers as `writeRecordFile` does. */
export function writeFacts(
  fact: LayerFact,
  store: Store,
  folder: string,
  diffIds: readonly Digest[],
): Promise<Result<void>> {
  return writeRecordFile(recordsOf(fact), store, folder, diffIds);
}

/** Restores facts of an output file as `restoreRecords` does. */
export function restoreFacts(fact: LayerFact, store: Store, folder: string): Promise<Result<void>> {
  return restoreRecords(recordsOf(fact), store, folder);
}
