import { ok, type Failure } from '@image-tooling/model';
import { prune as pruneRepository, targetsOf, type Pruned } from '@image-tooling/pipeline';
import { bytesText } from '../../display';
import type { Command } from '../../command/command';
import { accessOf } from './access';

/** Deletes expired images, or lists what would be deleted. */
export const prune: Command = {
  flags: ['apply', 'plain-http'],
  async run(run) {
    const targets = await targetsOf(run.given.positional, accessOf(run), run.session);
    if (!targets.ok) return targets;
    const apply = run.given.flags.apply ?? false;
    const all: Pruned[] = [];
    const found: Failure[] = [];
    for (const target of targets.value) {
      const pruned = await pruneRepository(target, { apply });
      if (pruned.ok) all.push(pruned.value);
      else found.push(...pruned.failures);
    }
    const isLeft = !apply && all.some(({ deletions }) => deletions.length > 0);
    return ok({ lines: [...all.flatMap(prunedLines), ...(isLeft ? APPLY : [])], found });
  },
};

const APPLY = ['', 'Nothing was deleted. Add --apply to delete.'];

function prunedLines({ repository, applied, deletions, kept, manifestBytes, blobBytes }: Pruned): string[] {
  const rows = deletions.map(({ tags, digest, reason }) => row(tags, digest, reason));
  const stays = kept.map(({ tags, digest, reason }) => row(tags, digest, reason));
  const bytes = `${bytesText(manifestBytes)} of manifests, ${bytesText(blobBytes)} of blobs`;
  return [
    '',
    repository,
    deletions.length === 0
      ? '  nothing to delete'
      : `  ${applied ? 'gone' : 'goes'} (${deletions.length}; ${bytes}):`,
    ...rows,
    stays.length === 0 ? '  nothing left' : `  stays (${stays.length}):`,
    ...stays,
  ];
}

/** Characters of a digest that tell it apart from others. */
const DIGEST_LENGTH = 'sha256:'.length + 12;

function row(tags: readonly string[], digest: string, reason: string): string {
  const name = tags.length > 0 ? tags.join(', ') : digest.slice(0, DIGEST_LENGTH);
  return `    ${name}  ${reason}`;
}
