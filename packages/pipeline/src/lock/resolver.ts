import { rm } from 'node:fs/promises';
import {
  bootstrapWanted,
  CONSTANT_TIME,
  counted,
  failWith,
  ok,
  platformOf,
  type Arch,
  type Failure,
  type OriginLayer,
  type Place,
  type Result,
} from '@image-tooling/model';
import {
  aptResolveCommand,
  bootstrapClosure,
  lockedDeb,
  missingPackages,
  readAptResolution,
  writeAptLists,
  type ArchiveState,
  type LockedDeb,
} from '@image-tooling/sources';

import { chainLayers } from '../build/chain';
import { ensureLayer } from '../build/ensure-layer';
import { STEP_FOLDER } from '../build/system-commands';
import { makeSystemLayer } from '../build/system-layer';
import type { Session } from '../session';

const RESOLVE_TIMEOUT_SECONDS = 300;

/** The packages every new system needs: essential and required ones, apt, and what they depend on. */
export function bootstrapPackages(state: ArchiveState, arch: Arch): Result<LockedDeb[]> {
  const closure = bootstrapClosure(state.packages(arch), { include: ['apt'] });
  return closure.ok ? ok(closure.value.map(lockedDeb)) : closure;
}

export interface ResolveRequest {
  readonly image: string;
  readonly arch: Arch;
  readonly packages: readonly string[];
  /** Where the definition names the package at this index. */
  readonly placeOf: (index: number) => Place;
  /** What the chain has already. */
  readonly installed: readonly LockedDeb[];
  /** dpkg's own record of an image of a registry that the chain begins with. */
  readonly status?: string;
}

/**
 * The packages that the real apt would add to a chain. apt runs in this machine's own kind of container, whatever
 * the architecture asked for: it is told of the chain by a status file. Fails with `package-not-found` for every
 * unknown name, `package-conflict` or `parent-changed`, or as the engine does.
 */
export async function resolvePackages(
  session: Session,
  state: ArchiveState,
  hostArch: Arch,
  request: ResolveRequest,
): Promise<Result<LockedDeb[]>> {
  const { image, arch, packages, installed, status } = request;
  if (packages.length === 0) return ok([]);
  const missing = packages.flatMap((name, index) =>
    missingPackages([name], state.packages(arch)).map((failure) => ({
      ...failure,
      place: request.placeOf(index),
    })),
  );
  if (missing.length > 0) return failWith(missing);
  const system = await aptSystem(session, state, hostArch);
  if (!system.ok) return system;
  const folder = await session.store.tempDir('resolve');
  if (!folder.ok) return folder;
  try {
    const lists = await writeAptLists(folder.value, state, { arch, installed, status, mountAt: STEP_FOLDER });
    if (!lists.ok) return lists;
    const run = await runApt(session, system.value, folder.value, request, hostArch);
    if (!run.ok) return run;
    const resolved = readAptResolution({ image, arch, ...run.value }, state.packages(arch));
    if (resolved.ok) return ok(resolved.value.map(lockedDeb));
    return status === undefined ? resolved : failWith(resolved.failures.map(ofBase));
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

/** A base of a registry can't be locked anew to what the archive has now. */
function ofBase(failure: Failure): Failure {
  if (failure.code !== 'parent-changed') return failure;
  return {
    ...failure,
    hint: 'Take a newer digest of the base, which has that package in its current version.',
  };
}

/** A system with nothing in it but the required packages: where apt runs. Kept in the store. */
async function aptSystem(
  session: Session,
  state: ArchiveState,
  hostArch: Arch,
): Promise<Result<OriginLayer>> {
  const bootstrap = bootstrapPackages(state, hostArch);
  if (!bootstrap.ok) return bootstrap;
  const platform = platformOf(hostArch);
  const wanted = bootstrapWanted({
    name: 'apt',
    platform,
    compression: session.options.compression,
    users: [],
    lock: { time: CONSTANT_TIME, bootstrap: bootstrap.value, packages: [] },
  });
  return ensureLayer(session, wanted, () =>
    makeSystemLayer(session, {
      owner: 'apt',
      platform,
      time: CONSTANT_TIME,
      bootstrap: bootstrap.value,
      packages: [],
      users: [],
      chain: [],
    }),
  );
}

async function runApt(
  session: Session,
  system: OriginLayer,
  folder: string,
  { image, arch, packages }: ResolveRequest,
  hostArch: Arch,
): Promise<Result<{ exitCode: number; stdout: string; stderr: string }>> {
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const [layer] = chainLayers(session, [system]);
  if (!layer) throw new Error('a bootstrap layer is no system layer');
  const { argv, env } = aptResolveCommand({ packages, mountAt: STEP_FOLDER });
  const label = `${image}: resolve ${counted(packages.length, 'package')} for ${arch}`;
  const step = session.context.progress.step(label);
  const ran = await engine.value.run(
    {
      label,
      platform: platformOf(hostArch),
      system: [layer],
      commands: [{ argv }],
      env,
      mounts: [{ source: folder, target: STEP_FOLDER }],
      network: 'none',
      onFailure: 'stop',
      timeoutSeconds: RESOLVE_TIMEOUT_SECONDS,
    },
    session.context,
    (line) => step.output(line),
  );
  if (!ran.ok) {
    step.failed();
    return ran;
  }
  step.done({ origin: 'built' });
  const [result] = ran.value.commands;
  if (!result) throw new Error('the engine ran no command');
  return ok(result);
}
