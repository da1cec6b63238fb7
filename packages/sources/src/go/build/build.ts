import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Arch, type ProgressStep, type Result } from '@image-tooling/model';
import { caught, discard, withLock } from '@image-tooling/host';
import { runGo, type GoCommand } from '../command';
import { offlineEnvironment } from '../environment';
import { binaryName, linkerFlags } from './inputs';
import { readGoLock } from '../lock/lock-file';
import { buildFlags, listCompile, type CompileList } from '../packages';
import { goPaths, type GoPaths } from '../paths';
import type { GoRun, GoTool } from '../tool';
import { ensureGoToolchain } from '../toolchain/ensure';
import type { Toolchain } from '../installed-toolchain';
import { compileProgress } from './compile-progress';
import { compileWeights } from './compile-weights';
import { collectLicences, type LicenceFile } from './licences';

/**
 * The largest of the tools takes seven minutes on two cores; a slow, busy machine may take ten times that.
 */
const TIMEOUT_SECONDS = 3 * 3600;

/** The tool to build, and the processor. */
export interface GoBuildRequest {
  readonly tool: GoTool;
  /** tools/<name>: holds go.mod, go.sum and lock.json. Nothing is written there. */
  readonly folder: string;
  readonly arch: Arch;
  /** Folder that the program is written to; the caller removes it. */
  readonly into: string;
}

/** A built tool. */
export interface BuiltGoTool {
  /** Path of the program, in `into`. */
  readonly binary: string;
  /** For usr/local/share/doc/<tool>/licenses/. */
  readonly licences: readonly LicenceFile[];
  /** In Go's notation: go1.27.3. */
  readonly goVersion: string;
}

/**
 * Builds a tool from the modules of `fetchGoModules`, without network. The same inputs (`goInputs`) give the
 * same bytes on any host, in any folder. Runs one build at a time on a machine: builds share a cache, and one
 * uses all cores. After a killed build, the next one continues from that cache. Fails with `go-build` (the
 * compiler's last lines), `lock-missing`, `lock-stale`, `lock-tampered`, `go-sum`, `schema`, `network` (a
 * module was not fetched), `disk-full`, `timeout`, `aborted`, `io` or the toolchain's failures.
 */
export async function buildGoTool(request: GoBuildRequest, run: GoRun): Promise<Result<BuiltGoTool>> {
  const toolchain = await ensureGoToolchain(run);
  if (!toolchain.ok) return toolchain;
  const flags = await flagsOf(request, toolchain.value);
  if (!flags.ok) return flags;
  const paths = goPaths(run.cache);
  const step = run.context.progress.step(`${request.tool.name}: compile for ${request.arch}`);
  const built = await withLock(
    paths.compileLock,
    run.context.signal,
    () => compile({ request, run, toolchain: toolchain.value, paths, step, ldflags: flags.value }),
    () => step.status('waiting: another Go build is running on this machine'),
  );
  const size = built.ok ? await fileSize(built.value.binary) : built;
  if (size.ok) step.done({ origin: 'built', bytes: size.value });
  else step.failed();
  return size.ok ? built : size;
}

function fileSize(path: string): Promise<Result<number>> {
  return caught(path, async () => (await stat(path)).size);
}

interface Compile {
  readonly request: GoBuildRequest;
  readonly run: GoRun;
  readonly toolchain: Toolchain;
  readonly paths: GoPaths;
  readonly step: ProgressStep;
  readonly ldflags: readonly string[];
}

async function flagsOf(
  { tool, folder, arch }: GoBuildRequest,
  toolchain: Toolchain,
): Promise<Result<string[]>> {
  const lock = await readGoLock(folder, tool, toolchain.version);
  return lock.ok ? linkerFlags(tool, lock.value, arch) : lock;
}

async function compile(work: Compile): Promise<Result<BuiltGoTool>> {
  const { request, toolchain, paths } = work;
  const prepared = await emptyFolders(paths.compile, request.into);
  if (!prepared.ok) return prepared;
  const command = commandOf(work);
  const packages = await listCompile(command, request.tool);
  if (!packages.ok) return packages;
  const licences = await collectLicences(packages.value.modules, toolchain);
  if (!licences.ok) return licences;
  const binary = join(request.into, binaryName(request.tool));
  const linked = await goBuild(work, command, packages.value, binary);
  await discard(paths.compile);
  if (!linked.ok) return linked;
  return ok({ binary, licences: licences.value, goVersion: `go${toolchain.version}` });
}

/** This process has the lock, so all files in the compile folder are from a killed build. */
function emptyFolders(temporary: string, into: string): Promise<Result<void>> {
  return caught(temporary, async () => {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await mkdir(into, { recursive: true });
  });
}

function commandOf({ request, run, toolchain, paths }: Compile): Omit<GoCommand, 'args'> {
  return {
    toolchain,
    folder: request.folder,
    env: offlineEnvironment(toolchain, paths, { home: paths.compile, arch: request.arch }),
    tool: request.tool.name,
    phase: 'compile',
    signal: run.context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  };
}

async function goBuild(
  { request, run, step, ldflags }: Compile,
  command: Omit<GoCommand, 'args'>,
  { uncompiled }: CompileList,
  binary: string,
): Promise<Result<unknown>> {
  const note = (line: string): void => run.context.progress.note(`${request.tool.name}: ${line}`);
  const progress = compileProgress({ ...step, note }, await compileWeights(uncompiled));
  try {
    return await runGo({
      ...command,
      args: [
        'build',
        '-v',
        ...buildFlags(request.tool),
        `-ldflags=${ldflags.join(' ')}`,
        '-o',
        binary,
        request.tool.package,
      ],
      onLine: progress.onLine,
    });
  } finally {
    progress.stop();
  }
}
