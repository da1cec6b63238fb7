import { changeLevel, highestLevel, raisedVersion, type ChangeLevel } from './level';
import type { ImageHistory, ImageState, ImageVersion, MainCommit, TaggedVersion } from './types';

/** A change of the plan, and the commits of main that may have made it: the newest first, usually one. */
interface Change {
  readonly commits: readonly string[];
  readonly madeOf: readonly string[];
  readonly firstVersion: string | undefined;
}

/** The changes since a known version, newest first. */
interface Since {
  readonly changes: readonly Change[];
  readonly version: string;
  readonly commit: string;
  readonly isTagged: boolean;
}

const NOTHING: ImageState = { plan: undefined, madeOf: [], firstVersion: undefined };

/**
 * Returns the version of an image at the newest commit of a history; undefined if it has none: the commit lacks the
 * image, or releases are off. A function of the commits and of tags that people set: tags of releases only shorten the
 * walk, so that a release that was skipped changes no later version.
 */
export async function imageVersion(history: ImageHistory): Promise<ImageVersion | undefined> {
  const since = await new Walk(history).sinceKnownVersion();
  if (!since) return undefined;
  let { version, commit } = since;
  for (const change of since.changes.toReversed()) {
    version = raisedVersion(version, await levelOf(history, change));
    commit = change.commits[0] as string;
  }
  const isTagged = since.isTagged && since.changes.length === 0;
  const previous = history.last && !isTagged ? history.last.version : undefined;
  return { version, commit, isTagged, ...(previous !== undefined && { previous }) };
}

/** Walks from the newest commit back to a tag, or to the commit that began with releases of the image. */
class Walk {
  private readonly changes: Change[] = [];
  /** Commits whose first parent can't be read: the change may be theirs. */
  private pending: string[] = [];

  constructor(private readonly history: ImageHistory) {}

  async sinceKnownVersion(): Promise<Since | undefined> {
    const newest = await this.history.commit(0);
    const { last } = this.history;
    let state = newest && (await this.history.state(newest.id));
    if (state?.plan === undefined || state.firstVersion === undefined) return undefined;
    for (let at = 0; ;) {
      const found = await this.nextTouching(at, state.madeOf);
      if (!found) return this.sinceFirst();
      const { id } = found.commit;
      if (id === last?.commit) return this.sinceTag(last, state);
      const parent = await this.parentOf(found, state);
      this.note(id, state, parent);
      if (!found.older || this.isOff(parent)) return this.sinceFirst();
      state = parent ?? state;
      at = found.at + 1;
    }
  }

  /** The oldest change is the first release: an image that came back goes on with its versions. */
  private sinceFirst(): Since | undefined {
    const first = this.changes.pop();
    if (first?.firstVersion === undefined) return undefined;
    return this.from({ version: first.firstVersion, commit: first.commits[0] as string }, false);
  }

  private async sinceTag(tag: TaggedVersion, state: ImageState): Promise<Since> {
    if (this.pending.length > 0) this.compare(state, (await this.history.state(tag.commit)) ?? NOTHING);
    return this.from(tag, true);
  }

  private from(start: { readonly version: string; readonly commit: string }, isTagged: boolean): Since {
    return { changes: this.changes, ...start, isTagged };
  }

  /** Returns the newest commit from `at` that changes one of the paths, has the last tag, or is the first of all. */
  private async nextTouching(at: number, madeOf: readonly string[]): Promise<Found | undefined> {
    let commit = await this.history.commit(at);
    for (let index = at; commit; index++) {
      const older = await this.history.commit(index + 1);
      const isEnd = !older || commit.id === this.history.last?.commit;
      if (isEnd || commit.paths.some((path) => isBelow(path, madeOf))) return { at: index, commit, older };
      commit = older;
    }
    return undefined;
  }

  /** Without a tag, versions begin where "firstVersion" came: then the image counts as new. */
  private async parentOf({ older }: Found, state: ImageState): Promise<ImageState | undefined> {
    const parent = older ? await this.history.state(older.id) : NOTHING;
    if (this.isOff(parent)) return NOTHING;
    // What an image that is not there was made of is still looked for: it may have been there before.
    return parent && { ...parent, madeOf: parent.plan === undefined ? state.madeOf : parent.madeOf };
  }

  private isOff(state: ImageState | undefined): boolean {
    return state !== undefined && state.firstVersion === undefined && this.history.last === undefined;
  }

  private note(id: string, state: ImageState, parent: ImageState | undefined): void {
    this.pending.push(id);
    if (parent) this.compare(state, parent);
  }

  private compare(state: ImageState, parent: ImageState): void {
    if (parent.plan !== state.plan)
      this.changes.push({
        commits: this.pending,
        madeOf: [...state.madeOf, ...parent.madeOf],
        firstVersion: state.firstVersion,
      });
    this.pending = [];
  }
}

interface Found {
  readonly at: number;
  readonly commit: MainCommit;
  /** Its first parent. */
  readonly older: MainCommit | undefined;
}

/** Only commits that touch what the image is made of count. */
async function levelOf(history: ImageHistory, { commits, madeOf }: Change): Promise<ChangeLevel> {
  const merged = await Promise.all(commits.map((id) => history.merged(id)));
  const touching = merged.flat().filter(({ paths }) => paths.some((path) => isBelow(path, madeOf)));
  return highestLevel(touching.map(({ message }) => changeLevel(message)));
}

/** Returns whether a path is one of the files, or in one of the folders. */
function isBelow(path: string, madeOf: readonly string[]): boolean {
  return madeOf.some((one) => path === one || path.startsWith(`${one}/`));
}

/** Returns the name of an image's git tags up to the version: `tooling-k8s@`. */
export function versionPrefix(image: string): string {
  return `${image}@`;
}
