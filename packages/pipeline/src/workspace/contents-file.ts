import { ok, type Digest, type Result } from '@image-tooling/model';
import { CONTENTS_VERSION, layerContentsOf, layerSymbolsOf } from '@image-tooling/sbom';
import type { Store } from '@image-tooling/oci';
import { restoreRecords, writeRecordFile, type LayerRecords } from './record-file';

/** The inventory of an image needs the contents of its layers; a scan, the functions in its Go programs. */
const VALIDATED = { contents: layerContentsOf, symbols: layerSymbolsOf } as const;

/** Facts that are outputs of builds. */
export type OutputFact = keyof typeof VALIDATED;

function recordsOf(fact: OutputFact): LayerRecords {
  return {
    file: `${fact}.json.gz`,
    format: [`${fact}Version`, CONTENTS_VERSION],
    has: async (store, diffId) => VALIDATED[fact](await store.getFact(fact, diffId)) !== undefined,
    text: (store, diffId) => store.getFactText(fact, diffId),
    async put(store, diffId, record) {
      const valid = VALIDATED[fact](record);
      return valid === undefined ? ok(undefined) : store.putFact(fact, diffId, valid);
    },
  };
}

/** Writes facts about layers as `writeRecordFile` does. */
export function writeFacts(
  fact: OutputFact,
  store: Store,
  folder: string,
  diffIds: readonly Digest[],
): Promise<Result<void>> {
  return writeRecordFile(recordsOf(fact), store, folder, diffIds);
}

/** Restores facts of an output file as `restoreRecords` does. */
export function restoreFacts(fact: OutputFact, store: Store, folder: string): Promise<Result<void>> {
  return restoreRecords(recordsOf(fact), store, folder);
}
