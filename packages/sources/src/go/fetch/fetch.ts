import { ok, type Arch, type ProgressStep, type Result } from '@image-tooling/model';
import { inTemporaryFolder } from '../paths';
import { listPackages } from '../packages';
import type { GoRun, GoTool } from '../tool';
import { withRetries } from './retry';
import { openFetchSession, type FetchSession } from './session';

/** Of one attempt; the next one reuses what it fetched. */
const TIMEOUT_SECONDS = 900;

/** The tool whose modules to fetch, and the processors. */
export interface FetchRequest {
  readonly tool: Pick<GoTool, 'name' | 'package' | 'tags'>;
  /** Folder of the tool: holds go.mod and go.sum. */
  readonly folder: string;
  readonly arches: readonly Arch[];
  /** Seconds for one attempt. */
  readonly timeoutSeconds?: number;
}

/**
 * Fetches all modules for the tool's build, verified with go.sum, so that the build needs no network. Uses
 * the registries of the user's own Go configuration. May run in parallel with other work. Fails with
 * `go-sum`, `lock-stale`, `network`, `timeout`, `disk-full`, `aborted` or the toolchain's failures.
 */
export async function fetchGoModules(request: FetchRequest, run: GoRun): Promise<Result<void>> {
  const session = await openFetchSession(run);
  if (!session.ok) return session;
  const step = run.context.progress.step(`${request.tool.name}: fetch Go modules`);
  const counter = downloadCounter(step);
  for (const arch of request.arches) {
    const listed = await withRetries(run.context.signal, () =>
      fetchFor(arch, { request, run, session: session.value, onLine: counter.onLine }),
    );
    if (listed.ok) continue;
    step.failed();
    return listed;
  }
  step.done({ origin: counter.count() === 0 ? 'store' : 'fetched' });
  return ok(undefined);
}

interface Fetch {
  readonly request: FetchRequest;
  readonly run: GoRun;
  readonly session: FetchSession;
  readonly onLine: (line: string) => void;
}

async function fetchFor(arch: Arch, { request, run, session, onLine }: Fetch): Promise<Result<unknown>> {
  return inTemporaryFolder(session.paths, 'fetch', (temporary) =>
    listPackages(
      {
        toolchain: session.toolchain,
        folder: request.folder,
        env: session.environment(temporary, arch),
        tool: request.tool.name,
        phase: 'fetch',
        signal: run.context.signal,
        timeoutSeconds: request.timeoutSeconds ?? TIMEOUT_SECONDS,
        onLine,
      },
      request.tool,
    ),
  );
}

/** See `downloadCounter`. */
export interface DownloadCounter {
  readonly onLine: (line: string) => void;
  readonly count: () => number;
}

/** Counts the modules that the go command fetches, and shows the latest. */
export function downloadCounter(step: ProgressStep): DownloadCounter {
  let count = 0;
  return {
    onLine(line) {
      const [, module, version] = /^go: downloading (\S+) (\S+)$/.exec(line) ?? [];
      if (module === undefined) return;
      count += 1;
      step.status(`${count} modules, now ${module} ${version}`);
    },
    count: () => count,
  };
}
