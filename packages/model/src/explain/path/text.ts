import { bytesText } from '../../bytes-text';
import { counted } from '../../counted';
import { aligned } from '../../columns';
import { visible } from '../../diagnostics/visible';
import { layerWords, digestText } from '../words';
import type { Bringer, LayerName, PathEvent, PathExplanation, PathFacts, PathInLayer } from './types';

/** Returns the origin of a path as text lines: followed links, its type, what added it, what is below. */
export function pathExplanationLines(explanation: PathExplanation): string[] {
  const { name, platform, asked, links, path, found, folder } = explanation;
  return [
    `${visible(asked)} in ${name} ${platform}`,
    '',
    ...links.flatMap(presentLines),
    ...(found ? presentLines(found) : [visible(path), ...(folder ? [] : ['  is    not there'])]),
    ...belowLines(explanation),
    ...folderLines(explanation),
  ];
}

function presentLines({ path, layer, facts, bringer }: PathInLayer): string[] {
  return [
    visible(path),
    `  is    ${factsText(facts)}`,
    `  in    ${layerText(layer)}`,
    ...(bringer ? [`  from  ${bringerText(bringer)}`] : []),
  ];
}

const TYPES: Readonly<Record<PathFacts['type'], string>> = {
  file: 'a file',
  folder: 'a folder',
  symlink: 'a link',
  hardlink: 'another name',
  char: 'a character device',
  block: 'a block device',
  fifo: 'a pipe',
};

function factsText({ type, mode, uid, gid, size, link }: PathFacts): string {
  const to = link === undefined ? '' : ` ${type === 'hardlink' ? 'of' : 'to'} ${visible(link)}`;
  const bytes = size === undefined ? '' : `, ${bytesText(size)}`;
  return `${TYPES[type]}${to}, mode ${mode}, owner ${uid}:${gid}${bytes}`;
}

function layerText(layer: LayerName): string {
  return `layer ${layer.number}, ${layerWords(layer)} (${digestText(layer.digest)})`;
}

function bringerText(bringer: Bringer): string {
  switch (bringer.by) {
    case 'package':
      return packageText(bringer);
    case 'installation':
      return `no package; ${bringer.note ?? 'made by a maintainer script when packages were installed'}`;
    case 'tool':
      return `tool ${bringer.name} ${bringer.version} (${bringer.source})`;
    case 'definition':
      return bringer.file ?? `declared in the definition of ${bringer.image}`;
    case 'help':
      return `generated for toolbox-help of ${bringer.image}`;
    case 'registry':
      return `the registry image that ${bringer.image} is based on`;
  }
}

function packageText({ name, version, shared }: Extract<Bringer, { by: 'package' }>): string {
  const others = shared.length > 0 ? ` (and ${shared.join(', ')})` : '';
  return `package ${name}${version === undefined ? '' : ` ${version}`}${others}`;
}

/** Returns what the layers below the deciding one have there. */
function belowLines({ layers, folder }: PathExplanation): string[] {
  if (folder) return [];
  const [first, ...rest] = layers;
  const removed = first?.does === 'removes' ? [`  since ${eventText(first)}`] : [];
  return [...removed, ...rest.map((event) => `  over  ${eventText(event)}`)];
}

function eventText({ layer, does, facts }: PathEvent): string {
  if (does === 'removes') return `${layerText(layer)}, removes it`;
  return `${layerText(layer)}: ${facts ? factsText(facts) : 'there'}`;
}

function folderLines({ folder }: PathExplanation): string[] {
  if (!folder) return [];
  if (folder.entries === 0) return ['  holds nothing'];
  const rows = folder.parts.map(({ layer, entries, size }) => [
    `    ${layer.number}`,
    layerWords(layer),
    counted(entries, 'entry', 'entries'),
    size === undefined ? '?' : bytesText(size),
  ]);
  const total = folder.size === undefined ? '' : `, ${bytesText(folder.size)}`;
  return [
    `  holds ${counted(folder.entries, 'entry', 'entries')}${total}, from ${counted(folder.parts.length, 'layer')}`,
    ...aligned(rows, [0, 2, 3]),
  ];
}
