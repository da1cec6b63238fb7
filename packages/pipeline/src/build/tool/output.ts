import { join } from 'node:path';
import {
  ok,
  type Digest,
  type LayerFile,
  type OriginLayer,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { indexLayer } from '@image-tooling/oci';
import { isScanned } from '../../scan-policy';
import type { Session } from '../../session';
import { copyBlob, outputFolder, readLayerFile, writeOutput } from '../../workspace/outputs';
import { writeFacts, type OutputFact } from '../../workspace/fact-files';
import { writePathsFile } from '../../workspace/paths-file';
import type { MadeLayer } from '../layers/ensure-layer';
import { contentsOfBlob } from '../layers/layer-contents';
import { secretsOfBlob } from '../layers/layer-secrets';

/** The output file with the layer's blob, for remote caches. */
const BLOB = 'layer.blob';

/**
 * Writes a tool's outputs: layer.json, the blob itself, its path index, its contents and Go functions, and its secrets if
 * images are scanned.
 */
export async function writeToolOutput(session: Session, tool: Tool, file: LayerFile): Promise<Result<void>> {
  const folder = outputFolder(session.root, tool, file.platform);
  const { digest, diffId } = file.layer;
  const copied = await copyBlob(session.store.blobPath(digest), folder, BLOB);
  if (!copied.ok) return copied;
  const paths = await writePathsFile(session.store, folder, [diffId]);
  if (!paths.ok) return paths;
  const contents = await contentsOfBlob(session, file.layer);
  if (!contents.ok) return contents;
  const facts: OutputFact[] = ['contents', 'symbols'];
  if (await isScanned(session.root)) {
    const secrets = await secretsOfBlob(session, file.layer);
    if (!secrets.ok) return secrets;
    facts.push('secrets');
  }
  for (const fact of facts) {
    const written = await writeFacts(fact, session.store, folder, [diffId]);
    if (!written.ok) return written;
  }
  return writeOutput(folder, 'layer.json', file);
}

/**
 * Puts the layer that Nx restored into a tool's outputs into the store, hashed. Returns undefined if it is
 * missing, of another build id, or differs from layer.json; then it is looked for elsewhere.
 */
export async function fromOutput(
  session: Session,
  tool: Tool,
  platform: Platform,
  buildId: Digest,
): Promise<Result<MadeLayer> | undefined> {
  const { store, context } = session;
  const layer = await recordedLayer(session, tool, platform, buildId);
  if (!layer) return undefined;
  const blob = join(outputFolder(session.root, tool, platform), BLOB);
  const put = await store.putBlobFromFile(blob, { expected: layer.digest, signal: context.signal });
  if (!put.ok) return undefined;
  const paths = await indexLayer(layer, store);
  return paths.ok ? ok({ layer, paths: paths.value, origin: 'nx' }) : undefined;
}

/**
 * Puts the layer that a tool's outputs only name into the store: a remote cache gives outputs without their layer.
 * Returns undefined if the outputs are of another build id, or it is nowhere; then it is built. Fails as `RemoteLayers`
 * does.
 */
export async function fromElsewhere(
  session: Session,
  tool: Tool,
  platform: Platform,
  buildId: Digest,
): Promise<Result<MadeLayer> | undefined> {
  const layer = await recordedLayer(session, tool, platform, buildId);
  if (!layer) return undefined;
  const paths = await session.remoteLayers.fetch(layer, []);
  if (!paths.ok) return paths;
  return paths.value && ok({ layer, paths: paths.value, origin: 'fetched' });
}

async function recordedLayer(
  session: Session,
  tool: Tool,
  platform: Platform,
  buildId: Digest,
): Promise<OriginLayer | undefined> {
  const found = await readLayerFile(outputFolder(session.root, tool, platform));
  return found?.platform === platform && found.layer.buildId === buildId ? found.layer : undefined;
}
