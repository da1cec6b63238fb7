import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { runGo, type GoCommand } from '../command';
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

/** A downloaded module. */
export interface DownloadedModule {
  readonly version: string;
  /** When the version was made, in seconds since the epoch; 0 where the registry does not say. */
  readonly time: number;
  /** As in go.sum: "h1:…". */
  readonly sum: string;
  /** Folder with its files. */
  readonly folder: string;
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
  const session = await openFetchSession(run);
  if (!session.ok) return session;
  return inTemporaryFolder(session.value.paths, 'module', async (temporary) => {
    const downloaded = await download(request, { run, session: session.value, temporary });
    return downloaded.ok ? use(downloaded.value) : downloaded;
  });
}

interface Place {
  readonly run: GoRun;
  readonly session: FetchSession;
  readonly temporary: string;
}

async function download(
  { module, query, name }: ModuleRequest,
  place: Place,
): Promise<Result<DownloadedModule>> {
  const folder = join(place.temporary, 'main');
  await mkdir(folder);
  await writeFile(join(folder, 'go.mod'), 'module image-tooling.invalid/download\n');
  const go = (...args: readonly string[]) => output({ ...commandOf(place, folder, name), args }, place);
  const listed = await go('list', '-m', '-json', `${module}@${query}`);
  if (!listed.ok) return listed;
  const { Version, Time } = JSON.parse(listed.value) as { readonly Version: string; readonly Time?: string };
  const words = ['-modcacherw', `${module}@${Version}`];
  // With -json, errors are not on stderr (`go help mod download`).
  const fetched = await go('mod', 'download', ...words);
  if (!fetched.ok) return fetched;
  const described = await go('mod', 'download', '-json', ...words);
  if (!described.ok) return described;
  const { Sum, Dir } = JSON.parse(described.value) as { readonly Sum: string; readonly Dir: string };
  const time = Time === undefined ? 0 : Math.floor(Date.parse(Time) / 1000);
  return ok({ version: Version, time, sum: Sum, folder: Dir });
}

async function output(command: GoCommand, { run }: Place): Promise<Result<string>> {
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
