import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { runGo, type GoCommand } from '../command';
import { findModule, type FoundModule, type RunGo } from '../listed';
import { inTemporaryFolder } from '../paths';
import type { GoRun } from '../tool';
import { withRetries } from './retry';
import { openFetchSession, type FetchSession } from './session';

/** Of one go command; 25 MB on a slow line (1 Mbit/s) take four minutes. */
const TIMEOUT_SECONDS = 900;

/** A module to download. */
export interface ModuleRequest {
  readonly module: string;
  /** A version, or a query such as "latest" ("Go Modules Reference", version queries). */
  readonly query: string;
  /** In messages. */
  readonly name: string;
}

/** A version of a module. */
export type ListedModule = Pick<FoundModule, 'version' | 'time'>;

/** A downloaded module. */
export interface DownloadedModule extends ListedModule {
  /** As in go.sum: "h1:…". */
  readonly sum: string;
  /** Folder with its files. */
  readonly folder: string;
}

/** Returns the version that a query means in the registries of the user's Go configuration. Fails as `withModule` does. */
export function listModule(request: ModuleRequest, run: GoRun): Promise<Result<ListedModule>> {
  return withGo(request, run, (go) => findModule(`${request.module}@${request.query}`, go));
}

/** Returns the released versions of a module, as Go writes them ("v1.2.3"), without retracted ones (`go help list`). */
export function listModuleVersions(
  { module, name }: Pick<ModuleRequest, 'module' | 'name'>,
  run: GoRun,
): Promise<Result<string[]>> {
  return withGo({ name }, run, async (go) => {
    const printed = await go(['list', '-m', '-versions', '-json', module]);
    if (!printed.ok) return printed;
    const { Versions = [] } = JSON.parse(printed.value) as { readonly Versions?: readonly string[] };
    return ok([...Versions]);
  });
}

/**
 * Downloads one module with the registries and the checksum database of the user's Go configuration, into a folder
 * that is removed after `use`. Fails as `use` does, and with `go-sum`, `network`, `timeout`, `disk-full`, `io`,
 * `aborted` or the toolchain's failures.
 */
export async function withModule<T>(
  request: ModuleRequest,
  run: GoRun,
  use: (module: DownloadedModule) => Promise<Result<T>>,
): Promise<Result<T>> {
  return withGo(request, run, async (go) => {
    const downloaded = await download(request, go);
    return downloaded.ok ? use(downloaded.value) : downloaded;
  });
}

async function withGo<T>(
  { name }: Pick<ModuleRequest, 'name'>,
  run: GoRun,
  work: (go: RunGo) => Promise<Result<T>>,
): Promise<Result<T>> {
  const session = await openFetchSession(run);
  if (!session.ok) return session;
  return inTemporaryFolder(session.value.paths, 'module', async (temporary) => {
    const folder = join(temporary, 'main');
    await mkdir(folder);
    await writeFile(join(folder, 'go.mod'), 'module image-tooling.invalid/download\n');
    const command = commandOf({ run, session: session.value, temporary }, folder, name);
    return work((args) => output({ ...command, args }, run));
  });
}

interface Place {
  readonly run: GoRun;
  readonly session: FetchSession;
  readonly temporary: string;
}

async function download({ module, query }: ModuleRequest, go: RunGo): Promise<Result<DownloadedModule>> {
  const found = await findModule(`${module}@${query}`, go);
  if (!found.ok) return found;
  const { version, time } = found.value;
  const words = ['-modcacherw', `${module}@${version}`];
  // With -json, errors are not on stderr (`go help mod download`).
  const fetched = await go(['mod', 'download', ...words]);
  if (!fetched.ok) return fetched;
  const described = await go(['mod', 'download', '-json', ...words]);
  if (!described.ok) return described;
  const { Sum, Dir } = JSON.parse(described.value) as { readonly Sum: string; readonly Dir: string };
  return ok({ version, time, sum: Sum, folder: Dir });
}

async function output(command: GoCommand, run: GoRun): Promise<Result<string>> {
  const result = await withRetries(run.context.signal, () => runGo(command));
  return result.ok ? ok(result.value.stdout) : result;
}

function commandOf(
  { run, session, temporary }: Place,
  folder: string,
  tool: string,
): Omit<GoCommand, 'args'> {
  return {
    toolchain: session.toolchain,
    folder,
    env: { ...session.environment(temporary, 'amd64'), GOMODCACHE: join(temporary, 'modules') },
    tool,
    phase: 'fetch',
    signal: run.context.signal,
    timeoutSeconds: TIMEOUT_SECONDS,
  };
}
