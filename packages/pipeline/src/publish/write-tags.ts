import {
  fail,
  isSettled,
  ok,
  tagTaken,
  type Digest,
  type Failed,
  type Result,
  type RunContext,
  type TagMove,
} from '@image-tooling/model';
import type { ManifestBytes, Repository } from '@image-tooling/oci';
import { planTags, type TagRequest } from './tags';

/** Another machine may move a tag each time that we look. */
const MOST_ROUNDS = 5;

interface TagWrites {
  /** From `planTags`. */
  readonly moves: readonly TagMove[];
  readonly request: TagRequest;
  readonly context: RunContext;
}

/**
 * Writes tags in their order. Those that name this version or commit come first; those that follow it are looked up
 * again after that. All are looked up again at the end, so of runs at the same time the last one sees the tags of all.
 * Writes a tag again that was deleted in the meantime. Returns what was done. Fails with `tag-taken` if a tag that is
 * not to be moved by others has another digest, and as the registry does.
 */
export async function writeTags(
  repository: Repository,
  index: ManifestBytes,
  { moves, request, context }: TagWrites,
): Promise<Result<readonly TagMove[]>> {
  const writer = new TagWriter(repository, index, request, context);
  if (!request.dryRun) return writer.settle(moves);
  const written = await writer.write(moves);
  return written.ok ? ok(moves) : written;
}

class TagWriter {
  private readonly written = new Set<string>();

  constructor(
    private readonly repository: Repository,
    private readonly index: ManifestBytes,
    private readonly request: TagRequest,
    private readonly context: RunContext,
  ) {}

  async write(moves: readonly TagMove[]): Promise<Result<void>> {
    for (const move of moves) {
      if (isSettled(move)) continue;
      const step = this.context.progress.step(`tag ${move.tag}`);
      const written = await this.writeTag(move);
      if (!written.ok) {
        step.failed();
        return written;
      }
      step.done({ origin: 'pushed' });
    }
    return ok(undefined);
  }

  /** Looks and writes until there is nothing to write. */
  async settle(planned: readonly TagMove[]): Promise<Result<readonly TagMove[]>> {
    let open = planned.filter(({ tag }) => this.ruleOf(tag) !== 'forward');
    for (let round = 0; round <= MOST_ROUNDS; round++) {
      const written = await this.write(open);
      if (!written.ok) return written;
      const found = await planTags(this.repository, this.request, this.index.digest, { isFinal: true });
      if (!found.ok) return found;
      open = found.value.filter((move) => !isSettled(move));
      if (open.length === 0) return ok(planned.map((move, at) => outcome(move, found.value[at] ?? move)));
      const lost = open.find(({ tag, from }) => from !== undefined && this.isOurs(tag));
      if (lost?.from) return this.lostTag(lost.tag, lost.from);
    }
    return this.restless(open);
  }

  /** Another publish of a branch at the same time is an error: nothing tells which of the two is newer. */
  private isOurs(tag: string): boolean {
    return this.written.has(tag) && this.ruleOf(tag) === 'always';
  }

  private ruleOf(tag: string) {
    return this.request.wanted.find((wanted) => wanted.tag === tag)?.rule;
  }

  private async writeTag(move: TagMove): Promise<Result<void>> {
    const { tag } = move;
    this.written.add(tag);
    if (move.to !== this.index.digest) return this.giveBack(move);
    if (this.ruleOf(tag) === 'once') {
      const before = await this.repository.headManifest(tag);
      if (!before.ok) return before;
      if (before.value && before.value.digest !== this.index.digest)
        return this.lostTag(tag, before.value.digest);
    }
    return this.repository.putManifest(this.index, tag);
  }

  /** Lets a tag point to the version or commit that it belongs to. If that is gone, it is planned again. */
  private async giveBack({ tag, to }: TagMove): Promise<Result<void>> {
    const holder = await this.repository.getManifest(to);
    if (!holder.ok || !holder.value) return holder.ok ? ok(undefined) : holder;
    return this.repository.putManifest(holder.value, tag);
  }

  private lostTag(tag: string, there: Digest): Failed {
    const { image } = this.request;
    return fail(tagTaken({ image, tag, there, ours: this.index.digest }));
  }

  private restless(open: readonly TagMove[]): Failed {
    const tags = open.map(({ tag }) => tag).join(', ');
    return fail({
      code: 'tag-taken',
      message: `Tags of ${this.request.image} changed each time that they were written: ${tags}.`,
      hint: 'Wait until other publishes of this image have ended, then run it again.',
    });
  }
}

/** Tells of a tag what was planned, unless it turned out to belong to another version or commit. */
function outcome(planned: TagMove, found: TagMove): TagMove {
  return planned.action === 'held' || found.action === 'held' ? found : planned;
}
