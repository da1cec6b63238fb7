import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client, ContainerID, Directory, Platform } from '@dagger.io/dagger';
import { ioFailure } from '@image-tooling/host';
import { all, fail, ok, type Result } from '@image-tooling/model';
import type { Mount, Step } from '../../port';
import { chainFolder, CHAIN_LAYERS, CHAIN_STEPS } from './chain';
import { dockerfileOf, type PlacedMount } from './dockerfile';
import { addedLayers } from './layers';
import type { Places } from './places';
import { runnerScript, type CommandGroup } from './script';
import { scriptOfFolder } from './small-mount';

export interface BuildWork {
  readonly client: Client;
  readonly places: Places;
  readonly signal: AbortSignal;
  /** Name of the step's folders. */
  readonly name: string;
  readonly groups: readonly CommandGroup[];
  /** Socket for lines of output, on this machine. */
  readonly linesPath?: string;
}

/**
 * Lets the engine run a step: as a build from a context of layers, since a RUN is the only exec of a stock engine that
 * has no network. Gives the container that came out. Throws as the SDK does where the engine fails.
 */
export async function buildStep(step: Step, work: BuildWork): Promise<Result<ContainerID>> {
  const { client, places, signal, name, linesPath } = work;
  const layers = await addedLayers(step.system, places, signal);
  if (!layers.ok) return layers;
  const chain = await chainFolder(layers.value, places);
  if (!chain.ok) return chain;
  const mounts = all(await Promise.all(step.mounts.map(placed)));
  if (!mounts.ok) return mounts;
  const dockerfile = dockerfileOf({
    step,
    layers: layers.value,
    users: work.groups.map(({ user }) => user),
    mounts: mounts.value,
    script: runnerScript(step, work.groups),
    nonce: randomBytes(8).toString('hex'),
    hasLines: linesPath !== undefined,
  });
  const own = join(CHAIN_STEPS, name);
  const folder = join(chain.value, own);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), dockerfile);
    const context = contextOf(client, chain.value, own, step.mounts, mounts.value);
    const container = context.dockerBuild({
      dockerfile: join(own, 'Dockerfile'),
      platform: step.platform as Platform,
      ...(linesPath !== undefined && { ssh: client.host().unixSocket(linesPath) }),
    });
    return ok((await container.id()) as string as ContainerID);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only a folder of the host alone is one that the engine knows by its content: large mounts cost that. */
function contextOf(
  client: Client,
  chain: string,
  own: string,
  mounts: readonly Mount[],
  placedMounts: readonly PlacedMount[],
): Directory {
  const include = [CHAIN_LAYERS, '.dockerignore', own];
  let context = client.host().directory(chain, { include });
  placedMounts.forEach(({ content }, index) => {
    const source = mounts[index]?.source;
    if (content.kind !== 'context' || source === undefined) return;
    context = context.withDirectory(content.path, client.host().directory(source, { noCache: true }));
  });
  return context;
}

async function placed({ source, target }: Mount, index: number): Promise<Result<PlacedMount>> {
  try {
    const script = await scriptOfFolder(source);
    if (script !== undefined) return ok({ target, content: { kind: 'script', script } });
    return ok({ target, content: { kind: 'context', path: `mounts/${index}` } });
  } catch (error) {
    return fail(ioFailure(error, source));
  }
}
