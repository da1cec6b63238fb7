import { join } from 'node:path';
import { discard } from '@image-tooling/host';
import type { Mount, Step, StepCommand, SystemLayer } from '@image-tooling/engines';
import {
  counted,
  ok,
  platformOfNode,
  type LockedDeb,
  type OriginLayer,
  type Platform,
  type PlannedUser,
  type Result,
} from '@image-tooling/model';
import { mergeLayers, type TarEntry } from '@image-tooling/layer';
import { checkInstalledNames, normaliseSystem } from '@image-tooling/oci';
import type { FetchedDeb } from '@image-tooling/sources';
import type { Session } from '../session';
import { chainLayers, chainPaths } from './chain';
import { fetchLockedDebs } from './layers/debs';
import { builtLayer } from './layers/built-layer';
import type { MadeLayer } from './layers/ensure-layer';
import { runStep } from './run-step';
import { linkDebs } from './step-folder';
import {
  bootstrapCommands,
  installCommands,
  PACKAGES_FOLDER,
  REQUIRED_FOLDER,
  STEP_FOLDER,
  systemEnv,
  userCommands,
} from './system-commands';
import { unpackedSystem } from './unpacked-system';

const STEP_TIMEOUT_SECONDS = 3600;
/**
 * Emulated maintainer scripts run about eleven times slower: TeX Live's took more than an hour on a busy
 * machine.
 */
const EMULATED_TIMEOUT_SECONDS = 4 * STEP_TIMEOUT_SECONDS;

/** The input of a system layer (bootstrap or apt). */
export interface SystemRequest {
  readonly owner: string;
  readonly platform: Platform;
  /** Seconds since the epoch: of every file in the layer. */
  readonly time: number;
  /** The required packages, if there is no system yet. */
  readonly bootstrap: readonly LockedDeb[];
  readonly packages: readonly LockedDeb[];
  /** Patterns of files of `packages` that are not installed. */
  readonly omit?: readonly string[];
  readonly users: readonly PlannedUser[];
  /** The system chain to build on, bottom first; empty for a bootstrap. */
  readonly chain: readonly OriginLayer[];
}

/**
 * Makes a system layer: fetches and verifies .debs on the host, installs them in the engine without network,
 * and normalises the changes. Fails as fetching, the engine or a maintainer script does.
 */
export async function makeSystemLayer(session: Session, request: SystemRequest): Promise<Result<MadeLayer>> {
  const folder = await session.store.tempDir('system');
  if (!folder.ok) return folder;
  try {
    return await makeIn(folder.value, session, request);
  } finally {
    await discard(folder.value);
  }
}

async function makeIn(folder: string, session: Session, request: SystemRequest): Promise<Result<MadeLayer>> {
  const debs = await fetchLockedDebs(session, request, [...request.bootstrap, ...request.packages]);
  if (!debs.ok) return debs;
  const required = debs.value.slice(0, request.bootstrap.length);
  const lower =
    required.length > 0
      ? await unpackedSystem(folder, join(folder, REQUIRED_FOLDER), session, required)
      : ok(undefined);
  if (!lower.ok) return lower;
  const mounts = await stepFolder(folder, debs.value.slice(required.length));
  if (!mounts.ok) return mounts;
  const changesTo = join(folder, 'changes.tar');
  const system = lower.value ? [lower.value.layer] : chainLayers(session, request.chain);
  const ran = await runStep(session, step(request, system, mounts.value, changesTo));
  if (!ran.ok) return ran;
  const { changes } = ran.value;
  if (!changes) throw new Error(`${request.owner}: the engine returned no changes`);
  const names = await checkInstalledNames(changes);
  if (!names.ok) return names;
  const merged = lower.value ? await mergeLayers(lower.value.entries, changes) : ok(changes);
  return merged.ok ? written(session, request, merged.value) : merged;
}

async function written(
  session: Session,
  request: SystemRequest,
  entries: readonly TarEntry[],
): Promise<Result<MadeLayer>> {
  const chain = await chainPaths(session, request.chain);
  if (!chain.ok) return chain;
  const normal = await normaliseSystem(entries, { mtime: request.time, chain: chain.value });
  return normal.ok
    ? builtLayer(session, request.bootstrap.length > 0 ? 'bootstrap' : 'apt', normal.value)
    : normal;
}

/** Links the .debs that apt installs into the step's folder. */
async function stepFolder(folder: string, packages: readonly FetchedDeb[]): Promise<Result<Mount[]>> {
  const linked = await linkDebs(join(folder, PACKAGES_FOLDER), packages);
  return linked.ok ? ok([{ source: join(folder, STEP_FOLDER), target: STEP_FOLDER }]) : linked;
}

function step(request: SystemRequest, system: SystemLayer[], mounts: Mount[], changesTo: string): Step {
  const { owner, platform, time, packages, bootstrap } = request;
  const [first, ...rest] = commandsOf(request);
  const [lowest, ...above] = system;
  if (!first || !lowest) throw new Error(`${owner}: a system step without a system or a command`);
  return {
    label: `${owner}: install ${counted(bootstrap.length + packages.length, 'package')}`,
    platform,
    system: [lowest, ...above],
    commands: [first, ...rest],
    env: systemEnv(time),
    mounts,
    network: 'none',
    onFailure: 'stop',
    changesTo,
    timeoutSeconds:
      platform === platformOfNode(process.arch) ? STEP_TIMEOUT_SECONDS : EMULATED_TIMEOUT_SECONDS,
  };
}

function commandsOf({ bootstrap, packages, omit, users }: SystemRequest): StepCommand[] {
  return [
    ...(bootstrap.length > 0 ? bootstrapCommands() : []),
    ...(packages.length > 0 ? installCommands(omit) : []),
    ...userCommands(users),
  ];
}
