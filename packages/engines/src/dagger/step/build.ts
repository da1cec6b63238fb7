import { createHash, randomBytes } from 'node:crypto';
import type { Client, ContainerID, Directory, Platform } from '@dagger.io/dagger';
import { ok, type Result } from '@image-tooling/model';
import type { Step } from '../../port';
import { ARGUMENTS, dockerfileOf, roomFor, targetOf } from './dockerfile';
import { foldersTar } from './folders';
import { addedLayers } from './layers';
import { mountsOf, withMounts, type Mounts } from './mounts';
import type { Places } from './places';
import { runnerScript, type CommandGroup } from './script';
import { systemIn } from './system';

export interface BuildWork {
  readonly client: Client;
  readonly places: Places;
  readonly signal: AbortSignal;
  readonly groups: readonly CommandGroup[];
  /** Socket for lines of output, on this machine. */
  readonly linesPath?: string;
}

/**
 * Runs a step in the engine: as a build, since in a stock engine only a RUN can have no network. Returns the
 * resulting container. Throws the SDK's errors if the engine fails.
 */
export async function buildStep(step: Step, work: BuildWork): Promise<Result<ContainerID>> {
  const { client, places, signal, groups } = work;
  const folders = await foldersTar(places);
  if (!folders.ok) return folders;
  const layers = await addedLayers(step.system, places, signal);
  if (!layers.ok) return layers;
  const mounts = await mountsOf(step.mounts);
  if (!mounts.ok) return mounts;
  const system = await systemIn(client, folders.value, layers.value);
  const room = roomFor({ runs: groups.length, mounts: step.mounts.length });
  const plain = system.withNewFile('Dockerfile', dockerfileOf(room));
  const context = mounts.value.kind === 'context' ? withMounts(plain, step.mounts, client) : plain;
  return ok(await buildIn(context, step, mounts.value, work));
}

async function buildIn(
  context: Directory,
  step: Step,
  mounts: Mounts,
  { client, groups, linesPath }: BuildWork,
): Promise<ContainerID> {
  // A name of its own makes a step differ from any other: the engine never takes an earlier one's result.
  const secrets: { argument: string; name: string; text: string }[] = [
    { argument: ARGUMENTS.secret, name: randomBytes(8).toString('hex'), text: runnerScript(step, groups) },
  ];
  if (mounts.kind === 'script')
    secrets.push({ argument: ARGUMENTS.mountsSecret, name: hashOf(mounts.script), text: mounts.script });
  const buildArgs = {
    ...Object.fromEntries(secrets.map(({ argument, name }) => [argument, name])),
    [ARGUMENTS.mounts]: mounts.kind,
    [ARGUMENTS.label]: step.label,
    ...Object.fromEntries(groups.flatMap(userArguments)),
    ...Object.fromEntries(step.mounts.flatMap(mountArguments)),
  };
  const container = context.dockerBuild({
    platform: step.platform as Platform,
    target: targetOf(step.network, groups.length),
    buildArgs: Object.entries(buildArgs).map(([name, value]) => ({ name, value })),
    secrets: secrets.map(({ name, text }) => client.setSecret(name, text)),
    ...(linesPath !== undefined && { ssh: client.host().unixSocket(linesPath) }),
  });
  return (await container.id()) as string as ContainerID;
}

/** Only its owner can use the socket of the lines; the id of a user by name is unknown here. */
function userArguments({ user }: CommandGroup, run: number): [string, string][] {
  const [uid = '', gid = ''] = user.split(':');
  return [
    [ARGUMENTS.user(run), user],
    [ARGUMENTS.uid(run), /^\d+$/.test(uid) ? uid : '0'],
    [ARGUMENTS.gid(run), /^\d+$/.test(gid) ? gid : '0'],
  ];
}

function mountArguments({ target }: Step['mounts'][number], mount: number): [string, string][] {
  return [
    [ARGUMENTS.source(mount), String(mount)],
    [ARGUMENTS.target(mount), target],
  ];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
