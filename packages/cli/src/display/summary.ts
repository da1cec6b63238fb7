import { STDOUT } from '@image-tooling/host';
import {
  publishTable,
  reportTable,
  type OriginLayer,
  type Platform,
  type TestReport,
} from '@image-tooling/model';
import type { Built, CheckedBuild, Loaded, LoadTarget, Published, Scanned } from '@image-tooling/pipeline';
import { bytesText } from '.';

/** Returns the last lines of a build: its layers, its digest, how to try it. */
export function builtLines(built: Built, platform: Platform): string[] {
  if (built.kind === 'tool') return [`${built.name} ${platform}  ${built.digest}  ${bytesText(built.size)}`];
  const { name, made } = built;
  const total = made.layers.reduce((sum, layer) => sum + layer.size, 0);
  return [
    '',
    `${name} ${platform}`,
    ...made.layers.map((layer, at) => layerLine(layer, at < made.inherited)),
    `  ${'total'.padEnd(LABEL)}  ${bytesText(total).padStart(SIZE)}`,
    `  digest ${made.image.manifestDigest}`,
    '',
    `Try it: npx nx run ${name}:load --to=docker && docker run --rm -it ${name}:dev`,
  ];
}

/** Returns the last lines of `build --check`: what was built again, and how the environments differed. */
export function checkedLines({ name, digest, made, surroundings }: CheckedBuild): string[] {
  const layers = made.length > 0 ? made.join(', ') : 'no layer of its own';
  return [
    '',
    `${name}: identical twice  ${digest}`,
    `  built again: ${layers}`,
    ...surroundings.map((one) => `  in ${one}`),
  ];
}

const LABEL = 36;
const SIZE = 7;

function layerLine({ kind, owner, size }: OriginLayer, inherited: boolean): string {
  const label = kind === 'tool' ? `tool ${owner}` : `${kind} layer of ${owner}`;
  return `  ${label.padEnd(LABEL)}  ${bytesText(size).padStart(SIZE)}  ${inherited ? 'inherited' : 'own'}`;
}

/**
 * Returns the last lines of a test: each check with its time, how many passed, and where the report is.
 *
 * @param folder of the report, relative to the workspace
 */
export function testedLines(report: TestReport, folder: string): string[] {
  return ['', ...reportTable(report), `report: ${folder}`];
}

/** Returns the last lines of a scan: what fails and what fixes it, how many findings there are, where the reports are. */
export function scannedLines({ lines, folder }: Scanned): string[] {
  return ['', ...lines, `reports: ${folder}`];
}

/** Returns the last lines of a load: the image's name, and how to try it. */
export function loadedLines({ manifestDigest, reference }: Loaded, target: LoadTarget): string[] {
  if ('program' in target)
    return ['', `Loaded ${reference}. Try it: ${target.program} run --rm -it ${reference}`];
  const { format, path } = target.place;
  const what = path === STDOUT ? `the image to standard output, as ${format}` : reference;
  return ['', `Wrote ${what}`, `  digest ${manifestDigest}`];
}

/**
 * Returns the last lines of a publish: in a dry run every request, then what was written, and how to pull it.
 */
export function publishedLines({ report, requests, file }: Published): string[] {
  const told = report.dryRun ? ['', ...requests.map(requestLine)] : [];
  return [...told, '', ...publishTable(report), `report: ${file}`];
}

function requestLine({ method, url, status, ...bytes }: Published['requests'][number]): string {
  const count = bytes.bodyBytes ?? bytes.sentBytes;
  const size = count > 0 ? `  ${bytesText(count)}` : '';
  return `${method.padEnd(6)} ${url}${size}  ${status ?? 'not sent'}`;
}
