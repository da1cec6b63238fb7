import { valueOf } from '@image-tooling/host';
import {
  releaseOf,
  versionPrefix,
  type ImageHistory,
  type ImageState,
  type MainCommit,
  type MergedCommit,
  type TaggedVersion,
} from '@image-tooling/model';
import { mainCommits, mergedCommits } from '../git/main-line';
import type { RefCommits } from '../git/remote';
import type { GitPlace } from '../git/run-git';
import type { CommitWorkspaces } from './commit-workspaces';

/** Commits that are read at once: a release is rarely older. */
const PAGE = 256;

/** The commits of main that a commit has, read in pages when they are needed, and shared by all images. */
export class MainLine {
  private readonly pages = new Map<number, Promise<readonly MainCommit[]>>();
  private readonly brought = new Map<string, Promise<readonly MergedCommit[]>>();
  private readonly places: ReadonlyMap<string, number>;

  /** @param ids along first parents, the newest first */
  constructor(
    private readonly place: GitPlace,
    readonly ids: readonly string[],
  ) {
    this.places = new Map(ids.map((id, at) => [id, at]));
  }

  has(id: string): boolean {
    return this.places.has(id);
  }

  /** Throws a fault if git fails. */
  async commit(at: number): Promise<MainCommit | undefined> {
    const page = Math.floor(at / PAGE);
    const begin = this.ids[page * PAGE];
    if (begin === undefined) return undefined;
    const found = this.pages.get(page) ?? mainCommits(this.place, begin, PAGE).then(valueOf);
    this.pages.set(page, found);
    return (await found)[at % PAGE];
  }

  /** Throws a fault if git fails. */
  merged(id: string): Promise<readonly MergedCommit[]> {
    const found = this.brought.get(id) ?? mergedCommits(this.place, id).then(valueOf);
    this.brought.set(id, found);
    return found;
  }
}

/** Returns what decides the versions of an image. */
export function imageHistory(
  image: string,
  line: MainLine,
  workspaces: CommitWorkspaces,
  refs: RefCommits,
): ImageHistory {
  return {
    last: lastVersion(image, line, refs),
    commit: (at) => line.commit(at),
    merged: (id) => line.merged(id),
    state: (id) => stateAt(workspaces, id, image),
  };
}

/** Definitions of long ago may be invalid today; an abort is not about them. */
async function stateAt(
  workspaces: CommitWorkspaces,
  id: string,
  image: string,
): Promise<ImageState | undefined> {
  const state = await workspaces.state(id, image);
  if (state.ok) return state.value;
  if (state.failures.some(({ code }) => UNRELATED.has(code))) valueOf(state);
  return undefined;
}

const UNRELATED = new Set(['aborted', 'io', 'disk-full', 'command-missing', 'timeout', 'not-publishable']);

function lastVersion(image: string, line: MainLine, refs: RefCommits): TaggedVersion | undefined {
  const prefix = `refs/tags/${versionPrefix(image)}`;
  const tagged = [...refs].flatMap(([name, commit]) => {
    const version = name.startsWith(prefix) ? releaseOf(name.slice(prefix.length)) : undefined;
    return version && line.has(commit) ? [{ version, commit }] : [];
  });
  const [last] = tagged.sort((a, b) => b.version.compare(a.version));
  return last && { version: last.version.version, commit: last.commit };
}
