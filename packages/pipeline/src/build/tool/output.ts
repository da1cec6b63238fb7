import { join } from 'node:path';
import {
  layerFileSchema,
  ok,
  type Digest,
  type LayerFile,
  type Platform,
  type Result,
  type Tool,
} from '@image-tooling/model';
import { indexLayer } from '@image-tooling/oci';
import type { Session } from '../../session';
import { copyBlob, outputFolder, readOutput, writeOutput } from '../../workspace/outputs';
import type { MadeLayer } from '../ensure-layer';

/** The file of a tool's outputs that holds the layer's blob: what a remote cache should carry. */
const BLOB = 'layer.blob';

/** Writes a tool's outputs: layer.json and the blob itself. */
export async function writeToolOutput(session: Session, tool: Tool, file: LayerFile): Promise<Result<void>> {
  const folder = outputFolder(join(session.root, tool.folder), file.platform);
  const copied = await copyBlob(session.store.blobPath(file.layer.digest), folder, BLOB);
  return copied.ok ? writeOutput(folder, 'layer.json', file) : copied;
}

/**
 * The layer that Nx restored into a tool's outputs, if it is of this build id: its blob is hashed on its way into
 * the store. Undefined where there is none, or where it is not what layer.json says; then it is built.
 */
export async function fromOutput(
  session: Session,
  tool: Tool,
  platform: Platform,
  buildId: Digest,
): Promise<Result<MadeLayer> | undefined> {
  const { store, context } = session;
  const folder = outputFolder(join(session.root, tool.folder), platform);
  const found = await readOutput(folder, 'layer.json', layerFileSchema);
  if (found?.platform !== platform || found.layer.buildId !== buildId) return undefined;
  const { layer } = found;
  const put = await store.putBlobFromFile(join(folder, BLOB), {
    expected: layer.digest,
    signal: context.signal,
  });
  if (!put.ok) return undefined;
  const paths = await indexLayer(layer, store);
  return paths.ok ? ok({ layer, paths: paths.value, origin: 'nx' }) : undefined;
}
