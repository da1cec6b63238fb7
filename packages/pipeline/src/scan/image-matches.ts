import { ok, type OriginLayer, type Result } from '@image-tooling/model';
import { mapResults, type Store } from '@image-tooling/oci';
import { CONTENTS_VERSION, symbolsOfPackages } from '@image-tooling/sbom';
import {
  comparedModules,
  entriesAbout,
  layersWithModules,
  matchesOf,
  matchesOfRecord,
  packagesOf,
  recordOfMatches,
  type Compared,
  type LinkedSymbols,
  type MatchesByLayer,
  type ModuleMatch,
  type OsvDatabase,
  type ScanSubject,
} from '@image-tooling/scan';
import { knownOfLayer } from '../build/known-of-layer';
import type { ImageOnPlatform } from '../build/layer-owner';
import type { Session } from '../session';
import { restoreFacts } from '../workspace/fact-files';

/** An image, and which of its modules and layers are compared. */
export interface ScannedImage extends ImageOnPlatform {
  readonly subject: ScanSubject;
  readonly layers: readonly OriginLayer[];
}

/**
 * Compares an image's modules with Go's database, layer by layer. A result is kept by the layer's diff id, so that a
 * later scan reads neither the functions of its programs nor entries about its modules. Fails with `disk-full` or `io`.
 */
export async function imageMatches(
  session: Session,
  image: ScannedImage,
  database: OsvDatabase,
): Promise<Result<MatchesByLayer>> {
  const withModules = layersWithModules(image.subject);
  const layers = image.layers.filter(({ digest }) => withModules.includes(digest));
  const work = (layer: OriginLayer) => layerMatches(session, image, layer, database);
  // One at a time: the functions of a program are large.
  const matches = await mapResults(layers, work, 1);
  return matches.ok
    ? ok(new Map(layers.map(({ digest }, at) => [digest, matches.value[at] ?? []])))
    : matches;
}

async function layerMatches(
  session: Session,
  image: ScannedImage,
  layer: OriginLayer,
  database: OsvDatabase,
): Promise<Result<readonly ModuleMatch[]>> {
  const { store } = session;
  const { platform } = image;
  const modules = comparedModules(image.subject, layer.digest);
  const compared: Compared = { modules, platform, database, symbolsVersion: CONTENTS_VERSION };
  const kept = matchesOfRecord(await store.getFact('matches', layer.diffId), compared);
  if (kept) return ok(kept);
  const entries = entriesAbout(modules, database);
  const packages = packagesOf([...entries.values()].flat());
  const symbols =
    layer.kind === 'tool' ? await linkedSymbols(session, image, layer, packages) : ok(undefined);
  if (!symbols.ok) return symbols;
  const matches = matchesOf(modules, entries, { platform, symbols: symbols.value ?? {} });
  // Functions may be known the next time.
  if (!symbols.value) return ok(matches);
  const written = await store.putFact('matches', layer.diffId, recordOfMatches(compared, matches));
  return written.ok ? ok(matches) : written;
}

/** Returns functions of a layer's programs; undefined if they are not known. */
function linkedSymbols(
  session: Session,
  image: ImageOnPlatform,
  layer: OriginLayer,
  packages: ReadonlySet<string>,
): Promise<Result<LinkedSymbols | undefined>> {
  return knownOfLayer(session, image, layer, {
    known: async (store: Store, { diffId }: OriginLayer) => {
      const text = await store.getFactText('symbols', diffId);
      return text === undefined ? undefined : symbolsOfPackages(text, packages);
    },
    restore: (store: Store, folder: string) => restoreFacts('symbols', store, folder),
  });
}
