import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { caught, lastLines } from '@image-tooling/host';
import { fail, ok, type Result } from '@image-tooling/model';
import type { Mount, Step } from '../port';
import { buildahCommand } from './configuration';
import type { Places } from './places';
import type { Sandbox } from './sandbox';

/** The file system of one step: an overlay of the system's layers over a container's empty folder. */
export interface Rootfs {
  /** buildah's container, by name. */
  readonly container: string;
  /** Folders that the step does not change, top first. */
  readonly lowers: readonly string[];
  /** The folder of the step's changes. */
  readonly upper: string;
  /** The folder of the pipes for the commands' output; `PIPES_INSIDE` in the container. */
  readonly pipes: string;
  /** `--volume` arguments of `buildah run`. */
  readonly volumes: readonly string[];
}

/** How overlays are mounted: by the kernel, or by fuse-overlayfs if the kernel can't. */
export type OverlayKind = 'native' | 'fuse';

export interface RootfsWork {
  readonly name: string;
  readonly places: Places;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  readonly isRoot: boolean;
  /** Default: native if it works, else fuse. */
  readonly overlay?: OverlayKind;
  /** A folder of the host that commands can write to: for sessions, never for steps. */
  readonly writable?: Mount;
}

/** Mounts the step's file system inside the sandbox. `layers`: unpacked folders, bottom first. */
export async function mountRootfs(
  step: Step,
  layers: readonly string[],
  work: RootfsWork,
): Promise<Result<Rootfs>> {
  const folder = join(work.places.steps, work.name);
  const inFolder = (name: string): string => join(folder, name);
  const files = hostFiles(step, folder);
  const made = await makeFolders(step, folder, files, work);
  if (!made.ok) return made;
  const target = await emptyContainer(step, work);
  if (!target.ok) return target;
  const lowers = [...[...layers].reverse(), inFolder('stubs')];
  const mounted = await mountOverlay(
    { lowers, upper: inFolder('upper'), work: inFolder('work') },
    target.value,
    work,
  );
  if (!mounted.ok) return mounted;
  const pipes = { source: inFolder('pipes'), target: PIPES_INSIDE };
  const readOnly = [...files, ...step.mounts, pipes].map(
    ({ source, target }) => `--volume=${source}:${target}:ro`,
  );
  return ok({
    container: work.name,
    lowers,
    upper: inFolder('upper'),
    pipes: pipes.source,
    volumes: [...readOnly, ...writableVolumes(work)],
  });
}

function writableVolumes({ writable }: RootfsWork): string[] {
  return writable ? [`--volume=${writable.source}:${writable.target}:rw`] : [];
}

/** Users of the container need access to these files, whatever umask this process has. */
async function makeFolders(
  step: Step,
  folder: string,
  files: readonly HostFile[],
  { sandbox, signal, writable }: RootfsWork,
): Promise<Result<unknown>> {
  const seen = ['upper', 'stubs', 'pipes'].map((name) => join(folder, name));
  const written = await caught(folder, async () => {
    for (const path of [...seen, join(folder, 'work')]) await mkdir(path, { recursive: true });
    for (const { source, content } of files) await writeFile(source, content);
    await makeStubs(join(folder, 'stubs'), [...step.mounts, ...(writable ? [writable] : [])], files);
  });
  if (!written.ok) return written;
  const sources = files.map(({ source }) => source);
  return sandbox.mustRun(['chmod', '-R', 'u=rwX,go=rX', '--', ...seen, ...sources], { signal });
}

interface HostFile {
  readonly source: string;
  readonly target: string;
  readonly content: string;
}

/** No package uses this name. */
export const PIPES_INSIDE = '/.step';
/** The hostname in a step, on any machine. */
export const STEP_HOST = 'step';

/**
 * Files that buildah would otherwise make from the host's own: a step must not see anything of this machine.
 */
function hostFiles(step: Step, folder: string): HostFile[] {
  const file = (name: string, content: string): HostFile => ({
    source: join(folder, name),
    target: `/etc/${name}`,
    content,
  });
  const hosts = file('hosts', `127.0.0.1 localhost ${STEP_HOST}\n::1 localhost\n`);
  return step.network === 'host' ? [hosts] : [hosts, file('resolv.conf', '')];
}

const STUB_FOLDERS = ['dev', 'proc', 'sys', 'run'];
/** Not `run/.containerenv`: buildah makes and removes that one itself. */
const STUB_FILES = ['etc/resolv.conf', 'etc/hostname', 'etc/hosts'];

/**
 * Creates mount points that the system may lack in a separate lowest layer, so that they are not part of the
 * step's changes.
 */
async function makeStubs(stubs: string, mounts: readonly Mount[], files: readonly HostFile[]): Promise<void> {
  const folders = [...STUB_FOLDERS, PIPES_INSIDE, ...mounts.map(({ target }) => target)];
  for (const folder of folders) await mkdir(join(stubs, folder), { recursive: true });
  for (const file of [...STUB_FILES, ...files.map(({ target }) => target)]) {
    await mkdir(dirname(join(stubs, file)), { recursive: true });
    await writeFile(join(stubs, file), '');
  }
}

/** Creates buildah's container. Returns the folder that buildah uses as the container's root. */
async function emptyContainer(step: Step, work: RootfsWork): Promise<Result<string>> {
  const { name, sandbox, signal, places } = work;
  const dns = step.network === 'none' ? ['--dns=none'] : [];
  const from = ['from', '--pull-never', ...dns, '--name', name, 'scratch'];
  const made = await sandbox.mustRun([...buildahCommand(places), ...from], { signal });
  if (!made.ok) return made;
  const mounted = await sandbox.mustRun([...buildahCommand(places), 'mount', name], { signal });
  return mounted.ok ? ok(mounted.value.stdout.trim()) : mounted;
}

interface Overlay {
  readonly lowers: readonly string[];
  readonly upper: string;
  readonly work: string;
}

async function mountOverlay(overlay: Overlay, target: string, work: RootfsWork): Promise<Result<void>> {
  const said: string[] = [];
  const kinds = work.overlay === undefined ? (['native', 'fuse'] as const) : [work.overlay];
  for (const kind of kinds) {
    const mounted = await work.sandbox.run(mountCommand(kind, overlay, target, work.isRoot), work);
    if (!mounted.ok && mounted.failures[0].code === 'aborted') return mounted;
    if (mounted.ok && mounted.value.exitCode === 0) return ok(undefined);
    said.push(
      ...(mounted.ok ? lastLines(mounted.value.stderr, 5) : mounted.failures.map(({ message }) => message)),
    );
  }
  return fail({
    code: 'no-engine',
    message: `No overlay could be mounted over ${work.places.root}.`,
    hint: 'Set IMAGE_STORE to a folder on an ordinary disk (ext4, xfs, btrfs), or install fuse-overlayfs.',
    details: said,
  });
}

/**
 * `volatile`: no syncs, of which dpkg makes many; an interrupted step is discarded anyway. The other options
 * keep changes simple: whole files, whole folders (Linux, Documentation/filesystems/overlayfs.rst).
 */
function mountCommand(
  kind: OverlayKind,
  { lowers, upper, work }: Overlay,
  target: string,
  isRoot: boolean,
): [string, ...string[]] {
  const folders = `lowerdir=${lowers.join(':')},upperdir=${upper},workdir=${work}`;
  if (kind === 'fuse') return ['fuse-overlayfs', '-o', folders, target];
  const native = isRoot ? 'volatile,index=off,redirect_dir=off,metacopy=off' : 'volatile,userxattr';
  return ['mount', '-t', 'overlay', 'overlay', '-o', `${folders},${native}`, target];
}
