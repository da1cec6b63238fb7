import { aligned, counted, shortCommit } from '@image-tooling/model';
import type { Converged, ConvergedImage } from '@image-tooling/pipeline';

/** Returns what converging did as lines: images without a change are only counted. */
export function convergedLines({ commit, dryRun, images, failures }: Converged): string[] {
  const changed = images.filter(isChanged);
  const same = images.length - changed.length;
  const rest = same > 0 ? [`${counted(same, 'image')} up to date`] : [];
  const done = images.length > 0 ? 'the images below failed; the others are done' : 'nothing was done';
  const failed = failures.length > 0 ? [done] : [];
  return [
    '',
    `${shortCommit({ id: commit })}${dryRun ? ': a dry run, nothing was written' : ''}`,
    ...aligned(changed.map(rowOf)),
    ...rest,
    ...failed,
    ...changed.flatMap(({ release }) => (release?.notes ? [`release notes: ${release.notes}`] : [])),
  ];
}

function isChanged({ main, release, moved }: ConvergedImage): boolean {
  return main.action === 'published' || release?.action === 'released' || moved.length > 0;
}

function rowOf({ image, main, release, moved }: ConvergedImage): string[] {
  const previous = release?.previous === undefined ? '' : ` after ${release.previous}`;
  return [
    `  ${image}`,
    main.action === 'published' ? main.tag : '',
    release?.action === 'released' ? `release ${release.version}${previous}` : '',
    moved.map(({ tag, to }) => `${tag} → ${to}`).join(', '),
  ];
}
