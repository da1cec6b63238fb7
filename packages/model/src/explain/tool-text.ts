import { bytesText } from '../bytes-text';
import { aligned } from '../columns';
import type { ToolExplanation } from './types';

/** Returns an explained tool as lines for display. */
export function toolExplanationLines(explanation: ToolExplanation): string[] {
  const { name, version, platform, description } = explanation;
  return [
    `${name} ${version} ${platform}: ${description}`,
    ...aligned([...sourceRows(explanation), ...layerRows(explanation), ['images', imagesText(explanation)]]),
    `what a build would do now: npx nx run ${name}:explain --why`,
  ];
}

function sourceRows({ version, source }: ToolExplanation): string[][] {
  const { kind, locked, lockedVersion } = source;
  const isOther = lockedVersion !== undefined && lockedVersion !== version;
  return [
    ['source', isOther ? `${kind}; ${lockedVersion} is locked now, and not built yet` : kind],
    ...Object.entries(locked).map(([key, value]) => [`  ${key}`, value]),
  ];
}

function layerRows({ layer, name }: ToolExplanation): string[][] {
  const { size = 0, tarSize = 0, buildId = '?', digest, diffId = '?', inStore } = layer;
  return [
    ['layer', `${bytesText(size)}, unpacked ${bytesText(tarSize)}`],
    ['  build id', buildId],
    ['  digest', digest],
    ['  diff id', diffId],
    ['  store', inStore ? 'has it' : `lacks it; to make it again: npx nx run ${name}:build --skip-nx-cache`],
  ];
}

function imagesText({ images }: ToolExplanation): string {
  if (images.length === 0) return 'none';
  return images.map(({ name, hasLayer }) => (hasLayer ? name : `${name} (not built with it)`)).join(', ');
}
