import { discard } from '@image-tooling/host';
import {
  bootstrapWanted,
  CONSTANT_TIME,
  counted,
  failWith,
  ok,
  platformOf,
  type Arch,
  type OriginLayer,
  type Place,
  type Result,
} from '@image-tooling/model';
import {
  aptResolveCommand,
  bootstrapClosure,
  keepsInstalled,
  lockedDeb,
  missingPackages,
  readAptResolution,
  writeAptLists,
  type AptAnswer,
  type ArchivePackage,
  type ArchiveState,
  type InstalledOwner,
  type LockedDeb,
} from '@image-tooling/sources';
import { chainLayers } from '../build/chain';
import { ensureLayer } from '../build/layers/ensure-layer';
import { STEP_FOLDER } from '../build/system-commands';
import { makeSystemLayer } from '../build/system-layer';
import type { Session } from '../session';
import { HOST_ARCH } from '../archives/archive-state';

const RESOLVE_TIMEOUT_SECONDS = 300;

/** Returns the packages of every new system: essential and required ones, apt, and what they depend on. */
export function bootstrapPackages(state: ArchiveState, arch: Arch): Result<LockedDeb[]> {
  const closure = bootstrapClosure(state.packages(arch), { include: ['apt'] });
  return closure.ok ? ok(closure.value.map(lockedDeb)) : closure;
}

export interface ResolveRequest {
  readonly image: string;
  readonly arch: Arch;
  readonly packages: readonly string[];
  /** Returns the place of the package with this index in the definition. */
  readonly placeOf: (index: number) => Place;
  /** Packages that the chain already has. */
  readonly installed: readonly LockedDeb[];
  /** Control files of packages that the archive no longer lists, by sha256 of the package. */
  readonly controls: ReadonlyMap<string, string>;
  /** Returns the ancestor whose lock installs a package. */
  readonly ownerOf: InstalledOwner;
  /** dpkg's record of the registry image at the bottom of the chain. */
  readonly status?: string;
}

/**
 * Returns the packages that apt would add to a chain. apt runs in a container of this machine's architecture,
 * whatever the requested one; a status file describes the chain. Fails with `package-not-found` for every
 * unknown name, `package-conflict` or `parent-changed`, or as the engine does.
 */
export async function resolvePackages(
  session: Session,
  state: ArchiveState,
  request: ResolveRequest,
): Promise<Result<LockedDeb[]>> {
  const { arch, packages, installed, controls, status } = request;
  if (packages.length === 0) return ok([]);
  const missing = packages.flatMap((name, index) =>
    missingPackages([name], state.packages(arch)).map((failure) => ({
      ...failure,
      place: request.placeOf(index),
    })),
  );
  if (missing.length > 0) return failWith(missing);
  const system = await aptSystem(session, state);
  if (!system.ok) return system;
  const folder = await session.store.tempDir('resolve');
  if (!folder.ok) return folder;
  try {
    const lists = await writeAptLists(folder.value, state, {
      arch,
      installed,
      controls,
      status,
      mountAt: STEP_FOLDER,
    });
    if (!lists.ok) return lists;
    const resolved = await resolveOn(session, { state, system: system.value, folder: folder.value }, request);
    return resolved.ok ? ok(resolved.value.map(lockedDeb)) : resolved;
  } finally {
    await discard(folder.value);
  }
}

interface AptPlace {
  readonly state: ArchiveState;
  /** The system that apt runs in. */
  readonly system: OriginLayer;
  /** The lists of `writeAptLists`. */
  readonly folder: string;
}

/** Runs apt again if it finds no solution that keeps installed packages, to report the conflict. */
async function resolveOn(
  session: Session,
  place: AptPlace,
  request: ResolveRequest,
): Promise<Result<ArchivePackage[]>> {
  const { image, arch, ownerOf } = request;
  const run = await runApt(session, place, request, { mayReplace: false });
  if (!run.ok) return run;
  const index = place.state.packages(arch);
  if (keepsInstalled(run.value)) return readAptResolution({ image, arch, ...run.value }, index);
  const free = await runApt(session, place, request, { mayReplace: true });
  if (!free.ok) return free;
  return readAptResolution({ image, arch, ...run.value }, index, { answer: free.value, ownerOf });
}

/** Returns a system of the required packages only, in which apt runs. Kept in the store. */
async function aptSystem(session: Session, state: ArchiveState): Promise<Result<OriginLayer>> {
  const bootstrap = bootstrapPackages(state, HOST_ARCH);
  if (!bootstrap.ok) return bootstrap;
  const platform = platformOf(HOST_ARCH);
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
  { system, folder }: AptPlace,
  { image, arch, packages }: ResolveRequest,
  { mayReplace }: { readonly mayReplace: boolean },
): Promise<Result<AptAnswer>> {
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const [layer] = chainLayers(session, [system]);
  if (!layer) throw new Error('a bootstrap layer is not a system layer');
  const { argv, env } = aptResolveCommand({ packages, mountAt: STEP_FOLDER, mayReplace });
  const label = `${image}: resolve ${counted(packages.length, 'package')} for ${arch}`;
  const step = session.context.progress.step(label);
  const ran = await engine.value.run(
    {
      label,
      platform: platformOf(HOST_ARCH),
      system: [layer],
      commands: [{ argv, wholeOutput: true }],
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
