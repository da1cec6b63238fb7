import { bugText, discard, writeFileAtomic, type ProcessId } from '@image-tooling/host';
import { formatFailures, type Failure, type Result } from '@image-tooling/model';
import { loadCacheSettings, type CacheSettings, type Surroundings } from '../config/settings';
import { Lane } from '../proxy/lane';
import { CacheProxy } from '../proxy/proxy';
import { openProxyServer, type ProxyAddress, type ProxyServer } from '../proxy/server';
import { Spool } from '../proxy/spool';
import { summaryLines } from '../proxy/summary';
import type { CacheSource } from '../sources/source';
import { CACHE_TIMINGS } from '../sources/timings';
import { addressFile, runFolder, summaryFile } from './files';
import type { Greeting } from './hooks';
import { openSources } from './sources';
import { watchProcesses } from './watch';

export interface ProxyRun extends Surroundings {
  /** Nx's id of the run. */
  readonly id: string;
  /** The proxy ends when they have. */
  readonly watched: readonly ProcessId[];
  /** Prints the line that `beforeTasks` waits for. */
  readonly greet: (greeting: Greeting) => void;
  /** Aborted by a signal to this process. */
  readonly signal: AbortSignal;
}

/** Runs a proxy until its Nx run is over. */
export async function runProxy(run: ProxyRun): Promise<void> {
  const opened = await openRunningProxy(run);
  if (!opened.ok) {
    run.greet({ off: offLines(opened.failures) });
    return;
  }
  const proxy = opened.value;
  run.greet(await proxy.listen());
  await proxy.over;
}

async function openRunningProxy(run: ProxyRun): Promise<Result<RunningProxy>> {
  const settings = await loadCacheSettings(run);
  if (!settings.ok) return settings;
  const sources = openSources(settings.value, run);
  return sources.ok ? { ok: true, value: new RunningProxy(run, settings.value, sources.value) } : sources;
}

/** Seconds for uploads at the end, or a tenth of the run if that is longer. */
const LEAST_DRAIN_SECONDS = 20;
const MOST_DRAIN_SECONDS = 600;

function drainMs(runMs: number): number {
  return Math.min(Math.max(LEAST_DRAIN_SECONDS * 1000, runMs / 10), MOST_DRAIN_SECONDS * 1000);
}

const OWNER_ONLY = 0o600;

class RunningProxy {
  /** Settles when all has ended and been removed. */
  readonly over: Promise<void>;
  private readonly since = performance.now();
  private readonly proxy: CacheProxy;
  private readonly bugs: string[] = [];
  private server: ProxyServer | undefined;
  private ending: Promise<string> | undefined;
  private isOver: () => void = () => undefined;

  constructor(
    private readonly run: ProxyRun,
    settings: CacheSettings,
    private readonly sources: readonly CacheSource[],
  ) {
    const spool = new Spool(runFolder(run.root));
    this.proxy = openProxy(settings, sources, spool);
    void spool.removeOrphans();
    this.over = new Promise<void>((resolve) => (this.isOver = resolve)).then(() => this.close());
    // Nx has ended without its hook, or someone stops this process.
    const finish = (): void => void this.end().finally(() => this.isOver());
    const unwatch = watchProcesses(run.watched, finish);
    run.signal.addEventListener('abort', finish, { once: true });
    void this.over.then(unwatch);
    process.on('uncaughtException', this.onBug);
  }

  /** Opens the port, and writes the file in which the hook after the tasks looks for it. */
  async listen(): Promise<ProxyAddress> {
    const { proxy, onBug } = this;
    const onEnded = (): void => this.isOver();
    this.server = await openProxyServer({ proxy, onBug, onEnded, end: () => this.end() });
    const { url, token } = this.server;
    // Without the file, the proxy ends after Nx.
    await writeFileAtomic(this.addressFile, JSON.stringify({ url, token }), OWNER_ONLY);
    return { url, token };
  }

  private get addressFile(): string {
    return addressFile(this.run.root, this.run.id);
  }

  /** Without the proxy Nx would end its run: errors that no part expected are reported at the end. */
  private readonly onBug = (error: unknown): void =>
    void this.bugs.push(bugText(error, this.run.env).trimEnd());

  private end(): Promise<string> {
    return (this.ending ??= this.drained());
  }

  private async drained(): Promise<string> {
    await this.proxy.end(drainMs(performance.now() - this.since));
    const { counts } = this.proxy;
    const lines = [...summaryLines(counts), ...this.bugs];
    if (lines.length > 0)
      await writeFileAtomic(summaryFile(this.run.root), JSON.stringify({ lines, counts }));
    return lines.join('\n');
  }

  private async close(): Promise<void> {
    this.server?.close();
    await discard(this.addressFile);
    process.off('uncaughtException', this.onBug);
    await Promise.all(this.sources.map((source) => source.close()));
  }
}

function openProxy(settings: CacheSettings, sources: readonly CacheSource[], spool: Spool): CacheProxy {
  const { repository, maxAgeMs, signer } = settings;
  const [first, ...others] = sources.map((source) => new Lane(source, CACHE_TIMINGS));
  if (!first) throw new Error('a cache without a source');
  const trusted = new Map(settings.trusted.map(({ id, key }) => [id, key]));
  const policy = { repository, maxAgeMs, trusted, now: Date.now };
  return new CacheProxy({ lanes: [first, ...others], spool, policy, signer });
}

function offLines(failures: readonly Failure[]): string[] {
  return [
    'The remote cache is not used, because its settings have mistakes:',
    ...formatFailures(failures).split('\n'),
  ];
}
