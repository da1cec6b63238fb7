import { bytesText } from '../bytes-text';
import { counted } from '../counted';
import { aligned } from '../columns';
import type { ExplainedLayer, ImageExplanation, LayerTotals } from './types';
import { layerWords, digestText, WIDTH, wrapped } from './words';
import { cutText } from '../cut-text';

/**
 * Returns an explained image as text lines: its layers grouped by the image that added them, and their
 * totals.
 */
export function imageExplanationLines(explanation: ImageExplanation): string[] {
  const { name, platform, description, basedOn, manifest } = explanation;
  return [
    `${name} ${platform}: ${description}`,
    ...wrapped('based on', basedOn),
    '',
    ...layerTable(explanation),
    '',
    ...totalLines(explanation),
    '',
    `manifest  ${manifest}`,
    ...storeLines(explanation),
    `what a build would do now: npx nx run ${name}:explain --why`,
  ];
}

const HEAD = ['#', 'layer', 'size', 'unpacked', 'build id', 'digest', ''];
const RIGHT = [0, 2, 3];

/**
 * Aligns rows over all groups; a line above each group names the image and the images that share all of it.
 */
function layerTable({ name, layers }: ImageExplanation): string[] {
  const groups = groupsOf(layers);
  const rows = groups.flatMap((group) => group.layers.map((layer) => row(layer, group.common)));
  const [head = '', ...lines] = aligned([HEAD, ...rows], RIGHT);
  let at = 0;
  return [
    head,
    ...groups.flatMap((group) => [
      ...groupLines(group, name),
      ...lines.slice(at, (at += group.layers.length)).map(cut),
    ]),
  ];
}

interface Group {
  readonly image: string;
  readonly layers: readonly ExplainedLayer[];
  /** Lists the images that share all layers of the group; help layers are never shared. */
  readonly common: readonly string[];
}

function groupsOf(layers: readonly ExplainedLayer[]): Group[] {
  const images = [...new Set(layers.map(({ image }) => image))];
  return images.map((image) => {
    const own = layers.filter((layer) => layer.image === image);
    const [first, ...rest] = own.filter(({ kind }) => kind !== 'help');
    const common = (first?.sharedWith ?? []).filter((name) =>
      rest.every(({ sharedWith }) => sharedWith.includes(name)),
    );
    return { image, layers: own, common };
  });
}

function groupLines({ image, common }: Group, name: string): string[] {
  const others = common.filter((other) => other !== image);
  const also = others.length > 0 ? ', also in' : '';
  return wrapped(`${image === name ? `own` : `from ${image}`}${also}`, others, 4);
}

function row(layer: ExplainedLayer, common: readonly string[]): string[] {
  const { number, size, tarSize, buildId, digest } = layer;
  return [
    String(number),
    title(layer),
    bytes(size),
    bytes(tarSize),
    digestText(buildId),
    digestText(digest),
    note(layer, common),
  ];
}

function title({ kind, owner, tool, packages }: ExplainedLayer): string {
  if (tool) return `tool ${owner} ${tool.version}`;
  return packages === undefined ? kind : `${kind}, ${counted(packages, 'package')}`;
}

function note({ kind, sharedWith, inStore, image }: ExplainedLayer, common: readonly string[]): string {
  const others = sharedWith.filter((name) => name !== image && !common.includes(name));
  const missing = inStore ? [] : ['not in the store'];
  if (kind === 'help') return ['only here', ...missing].join('; ');
  return [...missing, ...(others.length > 0 ? [`also in ${others.join(', ')}`] : [])].join('; ');
}

function bytes(count: number | undefined): string {
  return count === undefined ? '?' : bytesText(count);
}

function cut(line: string): string {
  return line.length > WIDTH ? cutText(line, WIDTH - 1) : line;
}

function totalLines({ totals }: ImageExplanation): string[] {
  const line = (label: string, { layers, size, unpacked }: LayerTotals) => [
    label,
    String(layers),
    bytesText(size),
    bytesText(unpacked),
  ];
  const rows = [
    ['', 'layers', 'size', 'unpacked'],
    line('inherited', totals.inherited),
    line('own', totals.own),
    line('all', totals.all),
  ];
  return aligned(rows, [1, 2, 3]);
}

function storeLines({ layers, name }: ImageExplanation): string[] {
  const missing = layers.filter(({ inStore }) => !inStore);
  if (missing.length === 0) return [`store     has all ${layers.length} layers`];
  const some = wrapped(
    `store     lacks ${missing.length} of ${layers.length} layers:`,
    missing.map(layerWords),
    10,
  );
  return [
    ...(missing.length < layers.length ? some : ['store     has none of its layers']),
    `          to pull or build them: npx nx run ${name}:load`,
  ];
}
