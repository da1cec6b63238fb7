import { caught } from '@image-tooling/host';
import { ok, type FailureCode, type ImageRecipe, type OriginLayer, type Result } from '@image-tooling/model';
import type { ManifestVerdict, Problem, VerifiedStatement } from '@image-tooling/attest';
import { checkedTar } from '@image-tooling/layer';
import { describeImage, mapResults, repositoryText, type Repository } from '@image-tooling/oci';
import type { NamedManifest } from './manifests';
import { noRecipe, recordedIn } from './recorded-image';

/** Layers that are read at once: hashing and decompressing take two threads each. */
const AT_ONCE = 2;

/** Reads a layer, and checks the hashes of its blob and its tar. */
export type LayerReader = (repository: Repository, layer: OriginLayer) => Promise<Result<unknown>>;

/**
 * Rebuilds an image from its published layers and the recipe in its provenance: reads each layer, compares the hashes
 * of its blob and its tar with the recipe, and assembles config and manifest again. Names each layer that differs. Fails
 * as the registry does.
 *
 * @param read default: keeps nothing
 */
export async function recombined(
  repository: Repository,
  { manifest, name }: NamedManifest,
  provenances: readonly VerifiedStatement[],
  read: LayerReader = readThrough,
): Promise<Result<Pick<ManifestVerdict, 'problems' | 'rebuilt'>>> {
  const recipe = recordedIn({ manifest }, provenances)?.recipe;
  if (!recipe) return ok({ problems: [noRecipe(name)] });
  const layers = await mapResults(
    recipe.layers,
    async (layer) => problemsOf(`${name}: ${layerName(layer)}`, await read(repository, layer)),
    AT_ONCE,
  );
  if (!layers.ok) return layers;
  const config = await configProblems(repository, recipe, name);
  if (!config.ok) return config;
  const problems = [...layers.value.flat(), ...config.value];
  const bytes = recipe.layers.reduce((sum, { size }) => sum + size, 0);
  const rebuilt = { mode: 'recombine', layers: recipe.layers.length, bytes, made: 0 } as const;
  return ok({ problems, ...(problems.length === 0 && { rebuilt }) });
}

/** What wrong bytes look like; all other failures are about the registry. */
const WRONG_BYTES: readonly FailureCode[] = ['checksum', 'truncated', 'tar-format', 'gone'];

/** Reads a layer, and keeps nothing. */
export function readThrough(repository: Repository, layer: OriginLayer): Promise<Result<void>> {
  return caught(repositoryText(repository.name), async () => {
    const blob = repository.blobOf(layer).open();
    for await (const _ of checkedTar(blob, layer, (found) => otherTar(layer, found)));
  });
}

function otherTar({ diffId }: OriginLayer, found: string) {
  return { code: 'checksum', message: `its content is ${found}, not ${diffId}` } as const;
}

/** Returns a layer in words, with its digest. */
export function layerName({ kind, owner, digest }: OriginLayer): string {
  return `the ${kind} layer of ${owner} (${digest})`;
}

async function configProblems(
  repository: Repository,
  recipe: ImageRecipe,
  name: string,
): Promise<Result<Problem[]>> {
  const { configDigest: digest, configSize: size } = describeImage(recipe);
  return problemsOf(`${name}: its config`, await repository.verifyBlob({ digest, size }));
}

/** Returns a problem for wrong bytes. Fails as the read did for another reason. */
function problemsOf(what: string, read: Result<unknown>): Result<Problem[]> {
  if (read.ok) return ok([]);
  const [{ code, message }] = read.failures;
  if (!WRONG_BYTES.includes(code)) return read;
  return ok([{ verdict: 'altered', message: `${what} differs: ${message}` }]);
}
