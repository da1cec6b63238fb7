import {
  canonicalJson,
  chainOf,
  digestOf,
  ok,
  type Digest,
  type Image,
  type ImageState,
  type Json,
  type Result,
  type Workspace,
} from '@image-tooling/model';
import { definitionsIn } from '../definitions-only';
import { planAll } from '../explain/why/walk';
import { openCommitDefinitions } from '../git/commit-definitions';
import type { CommitFiles } from '../git/commit-files';
import type { Session } from '../session';
import { loadWorkspace } from '../workspace/load';
import { toolInputs } from '../workspace/tool-inputs';

/** A commit's definitions and locks, in a temporary folder. */
interface OpenCommit {
  /** Plans from these files alone. */
  readonly session: Session;
  readonly workspace: Workspace;
}

/** Definitions of commits, each written to a temporary folder at most once. `close` removes them. */
export class CommitWorkspaces {
  private readonly opened = new Map<string, Promise<Result<OpenCommit>>>();
  private readonly folders: CommitFiles[] = [];

  constructor(private readonly session: Session) {}

  /** Returns an image at a commit. Fails as reading and planning its definitions do. */
  async state(commit: string, name: string): Promise<Result<ImageState>> {
    const found = this.opened.get(commit) ?? this.open(commit);
    this.opened.set(commit, found);
    const open = await found;
    return open.ok ? stateIn(open.value, name) : open;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.opened.values());
    await Promise.all(this.folders.map((folder) => folder.remove()));
  }

  private async open(commit: string): Promise<Result<OpenCommit>> {
    const { root, env, context, options } = this.session;
    const place = { root, env, signal: context.signal };
    const files = await openCommitDefinitions(place, commit, options);
    if (!files.ok) return files;
    this.folders.push(files.value);
    // Versions follow from the commit, whatever IMAGE_TOOL_SOURCE is on this machine.
    const planner = await definitionsIn(files.value.root, {
      context,
      env: { ...env, IMAGE_TOOL_SOURCE: undefined },
    });
    if (!planner.ok) return planner;
    const workspace = await loadWorkspace(files.value.root, planner.value.options);
    if (!workspace.ok) return workspace;
    return ok({ session: planner.value, workspace: workspace.value });
  }
}

async function stateIn({ session, workspace }: OpenCommit, name: string): Promise<Result<ImageState>> {
  const { firstVersion } = session.options;
  const image = workspace.images.get(name);
  if (!image) return ok({ plan: undefined, madeOf: [], firstVersion });
  const plan = await planDigest(session, image);
  return plan.ok ? ok({ plan: plan.value, madeOf: madeOf(session, image), firstVersion }) : plan;
}

/** Two commits with one plan have one image: bytes are a function of build ids and config. */
async function planDigest(session: Session, image: Image): Promise<Result<Digest>> {
  const platforms: Record<string, Json> = {};
  for (const platform of image.definition.platforms) {
    let last: Json = null;
    const planned = await planAll(session, { kind: 'image', image }, platform, async ({ build }) => {
      const layers = build.layers.map(({ buildId }) => buildId);
      last = { layers, config: build.config ?? null };
      return ok(undefined);
    });
    if (!planned.ok) return planned;
    platforms[platform] = last;
  }
  return ok(digestOf(canonicalJson({ platforms, description: image.definition.description })));
}

/** Settings and archive states are shared by all images. */
function madeOf({ options: { imagesDir } }: Session, image: Image): string[] {
  const folders = chainOf(image).flatMap((one) => [one.folder, ...one.tools.map(({ folder }) => folder)]);
  return [...new Set(folders), ...toolInputs(image), 'nx.json', `${imagesDir}/archive.lock.json`];
}
