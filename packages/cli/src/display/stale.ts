import { aligned, counted, dayOf } from '@image-tooling/model';
import type { StaleBelow, StaleImage, StaleReport } from '@image-tooling/pipeline';

/** Returns the lines of `stale`: each image with what is newer, security updates first, and the command that takes it. */
export function staleLines({ images, archiveTime }: StaleReport): string[] {
  const stale = images.filter(isStale);
  const archive = archiveTime === undefined ? '' : `, archive of ${dayOf(archiveTime)}`;
  const fresh = images.length - stale.length;
  return [
    ...stale.flatMap(imageLines),
    `${counted(images.length, 'image')}${archive}: ${stale.length} stale, ${fresh} up to date`,
  ];
}

function isStale({ packages, parents, below }: StaleImage): boolean {
  return packages.length + parents.length + below.length > 0;
}

function imageLines(image: StaleImage): string[] {
  return [image.name, ...aligned([...packageRows(image), ...parentRows(image), ...belowRows(image)])];
}

function packageRows({ name: image, packages }: StaleImage): string[][] {
  const urgentFirst = [...packages].sort((a, b) => Number(b.security) - Number(a.security));
  return urgentFirst.map(({ name, from, to, security }, at) => [
    security ? '  security' : '  newer',
    name,
    `${from} → ${to}`,
    at === 0 ? `npx nx run ${image}:update` : '',
  ]);
}

function parentRows({ name: image, parents }: StaleImage): string[][] {
  return parents.map(({ where, name, from, to }) => [
    '  parent',
    name,
    `${shortened(from)} → ${shortened(to)}`,
    where === 'workspace'
      ? `npx nx run ${image}:update`
      : `change the digest in images/${image}/image.json, then npx nx run ${image}:update`,
  ]);
}

function shortened(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

function belowRows({ below }: StaleImage): string[][] {
  return below.map((one) => ['  below', one.image, countsOf(one), `npx nx run ${one.image}:update`]);
}

function countsOf({ packages, security, parents }: StaleBelow): string {
  const parts = [
    packages > 0 ? counted(packages, 'newer package') : '',
    security > 0 ? counted(security, 'security update') : '',
    parents > 0 ? counted(parents, 'newer parent') : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
