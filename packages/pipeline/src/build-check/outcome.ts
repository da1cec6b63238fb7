import { fail, type OriginLayer, type Platform, type Result, ok } from '@image-tooling/model';
import type { Store } from '@image-tooling/oci';
import { outputFolder, readDigestFile, readLayerFile, readLayersFile } from '../workspace/outputs';
import type { Subject } from './subject';

/** The result of one build. */
export interface Outcome {
  readonly store: Store;
  /** The image's or tool's own layers. */
  readonly layers: readonly OriginLayer[];
  /** Of the manifest; of the layer, for a tool. */
  readonly digest: string;
}

/** Reads the outputs of a build in a workspace. */
export async function readOutcome(
  workspace: string,
  store: Store,
  subject: Subject,
  platform: Platform,
): Promise<Result<Outcome>> {
  const folder = outputFolder(workspace, subject, platform);
  if (subject.kind === 'tool') {
    const file = await readLayerFile(folder);
    return file ? ok({ store, layers: [file.layer], digest: file.layer.digest }) : lost(subject.name);
  }
  const layers = await readLayersFile(folder);
  const digests = await readDigestFile(folder);
  if (!layers || !digests) return lost(subject.name);
  const own = layers.layers.filter(
    ({ owner, kind }) => owner === subject.name && kind !== 'base' && kind !== 'tool',
  );
  return ok({ store, layers: own, digest: digests.manifest });
}

function lost(name: string): Result<never> {
  return fail({
    code: 'io',
    message: `The build of "${name}" succeeded, but its output is gone.`,
    hint: 'Run it again.',
  });
}
