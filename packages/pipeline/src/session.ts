import { engineChoice, openEngine, type Engine } from '@image-tooling/engines';
import {
  failWith,
  ok,
  type Result,
  type RunContext,
  type ToolSource,
  type Workspace,
  type WorkspaceOptions,
} from '@image-tooling/model';
import { openUserStore, type RepositoryName, type Store } from '@image-tooling/oci';
import { createDownloader, type Downloader } from '@image-tooling/sources';
import { cachedLayers, type OpenLayerCache } from './cached-layers';
import { httpTimings } from './http-timings';
import { registryLayers } from './registry-layers';
import { remoteLayers, type RemoteLayers } from './remote-layers';
import { pushesToStaging, stagingOf } from './staging-repository';
import { checkTemporaryFolder } from './temporary-folder';
import { toolSourceOf } from './tool-source';
import { settleUnfinished } from './workspace/write-together';
import { loadWorkspaceFor } from './workspace/load';

/** The open workspace of a command: options, store, HTTP client, engine. */
export interface Session {
  /** Absolute path of the workspace. */
  readonly root: string;
  readonly options: WorkspaceOptions;
  /** Preferred kind of source of tools: from the options, or IMAGE_TOOL_SOURCE on this machine. */
  readonly toolSource: ToolSource;
  readonly env: NodeJS.ProcessEnv;
  readonly store: Store;
  readonly http: Downloader;
  /** Layers that the store lacks, from the remote cache, the staging repository and the published images. */
  readonly remoteLayers: RemoteLayers;
  /** Where builds push their layers; undefined if they don't. */
  readonly stagesTo: RepositoryName | undefined;
  readonly context: RunContext;
  /** Of image-tooling. */
  readonly version: string;
  /** Returns the definitions and locks that a task on one project needs: see `loadWorkspaceFor`. */
  workspaceFor(name: string): Promise<Result<Workspace>>;
  /** Opens the engine on first use: a run that finds everything in the store starts none. */
  engine(): Promise<Result<Engine>>;
  close(): Promise<void>;
}

export interface SessionRequest {
  readonly root: string;
  readonly options: WorkspaceOptions;
  readonly env: NodeJS.ProcessEnv;
  readonly context: RunContext;
  /** Nothing is written to the store, which may be read-only. */
  readonly readOnly?: boolean;
  /** The command writes definitions and locks: it finishes what a killed one has begun. */
  readonly writesDefinitions?: boolean;
  /** Of image-tooling. Default: 0.0.0, as from source. */
  readonly version?: string;
  /** Opens the workspace's remote cache for layers of tools; called when one is missing. Default: no remote cache. */
  readonly openLayerCache?: OpenLayerCache;
}

/**
 * Opens the store; the engine follows when it is needed. Fails with `usage`, `disk-full` or `io`, and with `lock-stale`
 * if a command that writes definitions was killed.
 */
export async function openSession(request: SessionRequest): Promise<Result<Session>> {
  const timings = httpTimings(request.env);
  const toolSource = toolSourceOf(request.options, request.env);
  const engine = engineChoice(request.env);
  const staging = stagingOf(request);
  const stages = pushesToStaging(request.env);
  if (!timings.ok || !toolSource.ok || !engine.ok || !staging.ok || !stages.ok)
    return failWith(
      [timings, toolSource, engine, staging, stages].flatMap((asked) => (asked.ok ? [] : asked.failures)),
    );
  const temporary = request.readOnly === true ? ok(undefined) : await checkTemporaryFolder(request.env);
  if (!temporary.ok) return temporary;
  const store = await openUserStore(request.env, request);
  if (!store.ok) return store;
  const settled = await settleUnfinished(
    { ...request, store: store.value },
    { mayWrite: request.writesDefinitions === true },
  );
  if (!settled.ok) return settled;
  // If this can't be written, the next write reports it.
  await store.value.recordUser(request.root);
  let opened: Promise<Result<Engine>> | undefined;
  const access = { ...request, store: store.value };
  const remote = remoteLayers([...cachedLayers(access), ...registryLayers(access)], access);
  return ok({
    ...request,
    version: request.version ?? '0.0.0',
    toolSource: toolSource.value,
    store: store.value,
    remoteLayers: remote,
    stagesTo: stages.value ? staging.value : undefined,
    http: createDownloader({ timings: timings.value, env: request.env }),
    workspaceFor: (name) => loadWorkspaceFor(name, request.root, request.options),
    engine: () => (opened ??= announced(request, store.value.root)),
    async close() {
      await remote.close();
      const engine = await opened;
      if (engine?.ok) await engine.value.close();
    },
  });
}

/** Returns a session for one command: it reads what it asks for again and again once, and sees no later change. */
export function readingOnce(session: Session): Session {
  const read = new Map<string, Promise<Result<Workspace>>>();
  const workspaceFor = (name: string): Promise<Result<Workspace>> => {
    const found = read.get(name) ?? session.workspaceFor(name);
    read.set(name, found);
    return found;
  };
  return { ...session, workspaceFor };
}

async function announced({ env, context }: SessionRequest, storeRoot: string): Promise<Result<Engine>> {
  const chosen = await openEngine({ env, storeRoot, ...context });
  if (!chosen.ok) return chosen;
  context.progress.note(chosen.value.description);
  return ok(chosen.value);
}
