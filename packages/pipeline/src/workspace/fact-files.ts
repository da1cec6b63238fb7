import { ok, type Digest, type Result } from '@image-tooling/model';
import { CONTENTS_VERSION, layerContentsOf, layerSymbolsOf } from '@image-tooling/sbom';
import { recordOfSecrets, SECRETS_FORMAT, secretsOfRecord } from '@image-tooling/scan';
import type { Store } from '@image-tooling/oci';
import { restoreRecords, writeRecordFile, type LayerRecords } from './record-file';

/** The inventory of an image needs the contents of its layers; a scan, the functions in its Go programs, and secrets. */
const FACTS = {
  contents: { format: ['contentsVersion', CONTENTS_VERSION], valid: layerContentsOf },
  symbols: { format: ['symbolsVersion', CONTENTS_VERSION], valid: layerSymbolsOf },
  secrets: { format: ['secretsFormat', SECRETS_FORMAT], valid: validSecrets },
} as const;

/** Facts that are outputs of builds. */
export type OutputFact = keyof typeof FACTS;

function recordsOf(fact: OutputFact): LayerRecords {
  const { format, valid } = FACTS[fact];
  return {
    file: `${fact}.json.gz`,
    format,
    has: async (store, diffId) => valid(await store.getFact(fact, diffId)) !== undefined,
    text: (store, diffId) => store.getFactText(fact, diffId),
    async put(store, diffId, record) {
      const put = valid(record);
      return put === undefined ? ok(undefined) : store.putFact(fact, diffId, put);
    },
  };
}

/** Secrets that were found by the rules of today. */
function validSecrets(record: unknown): object | undefined {
  const secrets = secretsOfRecord(record);
  return secrets && recordOfSecrets(secrets);
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
export function restoreFacts(
  fact: OutputFact,
  store: Store,
  folder: string,
  wanted?: ReadonlySet<Digest>,
): Promise<Result<void>> {
  return restoreRecords(recordsOf(fact), store, folder, wanted);
}
