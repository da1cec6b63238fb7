import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepingTerminal, lastLines, newOwnedName, runInForeground } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { Step } from '../port';
import type { Session } from '../session/port';
import { onResize } from '../session/resize';
import { makeStepFolders } from '../step-folders';
import { buildahCommand } from './configuration';
import { unpackedLayers } from './layers';
import { removeSteps } from './leftovers';
import { mountRootfs, STEP_HOST, type Rootfs } from './rootfs';
import { openSandbox, type Sandbox } from './sandbox';
import { INSIDE, OUTSIDE } from './session-scripts';
import { checkStep, type Surroundings } from './step';

/** The shared state of all sessions of an engine. */
export interface SessionSurroundings extends Surroundings {
  /** TERM of the user's terminal (term(7)). */
  readonly terminalType: string;
}

/**
 * Runs a user's command in a system. Returns its exit code. The system is unpacked and mounted as for a step,
 * and its changes are discarded. Fails as steps do.
 */
export async function runSession(
  session: Session,
  around: SessionSurroundings,
  signal: AbortSignal,
): Promise<Result<number>> {
  const { platform, folder } = session;
  const checked = await checkStep({ platform, mounts: [folder] }, around);
  if (!checked.ok) return checked;
  const name = newOwnedName();
  try {
    return await inSandbox(session, name, around, signal);
  } finally {
    await removeSteps([name], around);
  }
}

async function inSandbox(
  session: Session,
  name: string,
  around: SessionSurroundings,
  signal: AbortSignal,
): Promise<Result<number>> {
  const temporary = join(around.places.steps, name, 'tmp');
  const made = await makeStepFolders({}, temporary);
  if (!made.ok) return made;
  const env = { ...around.env, TMPDIR: temporary };
  const sandbox = await openSandbox({ ...around, network: 'host', env });
  if (!sandbox.ok) return sandbox;
  try {
    return await work(session, name, { ...around, env, sandbox: sandbox.value, signal });
  } finally {
    await sandbox.value.close();
  }
}

interface SessionWork extends SessionSurroundings {
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
}

async function work(session: Session, name: string, shared: SessionWork): Promise<Result<number>> {
  const { isRoot, terminalType, sandbox, signal } = shared;
  const opaqueXattr = `${isRoot ? 'trusted' : 'user'}.overlay.opaque`;
  const layers = await unpackedLayers(session.system, { ...shared, opaqueXattr });
  if (!layers.ok) return layers;
  const rootfs = await mountRootfs(asStep(session), layers.value, {
    ...shared,
    name,
    writable: session.folder,
  });
  if (!rootfs.ok) return rootfs;
  const env = { ...shared.env, ...(session.terminal && { TERM: terminalType }) };
  const argv = [...sandbox.enter, ...argvOf(session, shared, rootfs.value)] as [string, ...string[]];
  const endResizing = session.terminal ? onResize(resizer(sandbox, rootfs.value, signal)) : () => undefined;
  const ran = await keepingTerminal(session.terminal, () => runInForeground({ argv, env, signal }));
  endResizing();
  if (!ran.ok || signal.aborted) return ran.ok ? stopped(session) : ran;
  return exitCodeOf(session, rootfs.value);
}

/** Resizes the command's terminal, whose name the session's shell has reported, to the size of ours. */
function resizer(sandbox: Sandbox, { pipes }: Rootfs, signal: AbortSignal): Parameters<typeof onResize>[0] {
  return ({ rows, columns }) =>
    void readFile(`${pipes}.code`, 'utf8').then(
      (told) => {
        const [terminal = ''] = told.split('\n');
        const argv = ['stty', '-F', terminal, 'rows', String(rows), 'cols', String(columns)] as const;
        return terminal.startsWith('/dev/pts/') ? sandbox.run(argv, { signal }) : undefined;
      },
      () => undefined,
    );
}

/** Returns the session as a step, for mounting the system. */
function asStep({ label, platform, system, argv, env }: Session): Step {
  return {
    ...{ label, platform, system, env },
    commands: [{ argv }],
    mounts: [],
    network: 'host',
    onFailure: 'stop',
    timeoutSeconds: Infinity,
  };
}

function argvOf(session: Session, { places }: Surroundings, rootfs: Rootfs): string[] {
  const { terminal, user, workdir, argv } = session;
  const kind = terminal ? 'terminal' : 'pipes';
  const env = Object.entries(session.env).map(([name, value]) => `${name}=${value}`);
  return [
    ...['sh', '-c', OUTSIDE[kind], 'sh', rootfs.pipes],
    ...buildahCommand(places),
    ...['run', `--terminal=${terminal}`, '--isolation=chroot', `--hostname=${STEP_HOST}`, '--no-hosts'],
    ...[`--user=${user}`, ...rootfs.volumes, rootfs.container, '--'],
    ...['/bin/sh', '-c', INSIDE[kind], 'sh', workdir, ...env, ...argv],
  ];
}

/**
 * Returns the exit code that the command's shell reported; it reports none if it was not started or was
 * killed.
 */
async function exitCodeOf({ label }: Session, { pipes }: Rootfs): Promise<Result<number>> {
  const told = await readFile(`${pipes}.code`, 'utf8').catch(() => '');
  const exitCode = /^(\d+)\n$/m.exec(told)?.[1];
  if (exitCode !== undefined) return ok(Number(exitCode));
  const said = await readFile(`${pipes}.said`, 'utf8').catch(() => '');
  return fail({
    code: 'engine',
    message: `${label}: buildah could not run it to the end.`,
    hint: "The image needs /bin/sh and env; the details are buildah's own output.",
    details: lastLines(said),
  });
}

function stopped({ label }: Session): Result<never> {
  return fail({ code: 'aborted', message: `${label}: stopped.` });
}
