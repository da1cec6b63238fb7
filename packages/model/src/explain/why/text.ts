import { visible } from '../../diagnostics/visible';
import { cutLine } from '../../checks/words';
import { layerWords, digestText, wrapped } from '../words';
import type { LayerChange, ProjectWhy, Since, Why } from './types';

/** Differences shown for a layer: a new archive state changes dozens of packages. */
const MOST = 12;

/** Returns what a build would do now as text lines: bottom up, unchanged projects last. */
export function whyLines({ name, platform, since, projects, blockedBy }: Why): string[] {
  const changed = projects.filter(({ result }) => result !== 'same');
  if (changed.length === 0 && blockedBy.length === 0)
    return [
      `${name} ${platform}: ${since ? `the same as at ${sinceText(since)}.` : 'nothing would be built.'}`,
      since
        ? 'No definition, lock or file that it is made of differs, and so is all below it.'
        : 'It is what its definitions and locks say, and so is all below it.',
      ...(projects.every(({ configKnown }) => configKnown) ? [] : [`but ${CONFIG_UNKNOWN}`]),
    ];
  const same = projects.filter(({ result }) => result === 'same').map((one) => one.name);
  const told = new Set<string>();
  return [
    `${name} ${platform}: what a build would do now, compared with ${since ? sinceText(since) : 'the last one'}`,
    ...changed.flatMap((project) => ['', ...projectLines(project, told, since)]),
    ...(same.length > 0 ? ['', ...wrapped(since ? 'the same:' : 'as they were built:', same)] : []),
    ...(changed.some(makesMore) ? ['', SAME_BYTES] : []),
    ...(blockedBy.length > 0 ? ['', blockedText(name, projects)] : []),
  ];
}

/** Of a commit id: as many as git shows of one in a large repository. */
const SHORT_COMMIT = 12;

function sinceText({ ref, commit }: Since): string {
  const short = commit.slice(0, SHORT_COMMIT);
  return commit.startsWith(ref) ? short : `${visible(ref)} (${short})`;
}

function blockedText(name: string, { length }: Why['projects']): string {
  const what = length > 0 ? `The rest of ${name} can't` : 'Nothing can';
  return `${what} be built before this is fixed:`;
}

/** A restacked image still has another digest: its history names the build ids of its layers. */
const SAME_BYTES = 'A rebuilt layer may have the same digest: then it is not pulled again.';

function makesMore({ layers }: ProjectWhy): boolean {
  return layers.some(({ own, inStore, change }) => own && !inStore && change === 'changed');
}

const CONFIG_UNKNOWN =
  'labels, start-up and help are not compared: the config of the last build is no longer in the store';

const RESULTS: Readonly<Record<ProjectWhy['result'], string>> = {
  same: 'as it was built',
  build: 'built again',
  restack: 'restacked: assembled again; nothing is installed or compiled',
  take: 'taken from the store, where it was built before',
};

const FIRST_TIMES: Readonly<Record<ProjectWhy['result'], string>> = {
  same: 'as it was built',
  build: 'not built here yet: built',
  restack: 'not built here yet: assembled; nothing is installed or compiled',
  take: 'not built here yet: taken from the store',
};

/** Of projects that the commit does not have. */
const NEW: Readonly<Record<ProjectWhy['result'], string>> = {
  same: 'new',
  build: 'new: built',
  restack: 'new: assembled; nothing is installed or compiled',
  take: 'new: taken from the store',
};

function projectLines(why: ProjectWhy, told: Set<string>, since?: Since): string[] {
  const { name, project, layers, config, configKnown, builtBefore, reordered } = why;
  return [
    `${project} ${name}: ${resultText(why, since)}`,
    ...layers.flatMap((layer) => layerLines(layer, builtBefore, told)),
    ...(reordered ? ['  restack: layers are in another order'] : []),
    ...config.map((difference) => `  restack: ${shown(difference)}`),
    ...(builtBefore && !configKnown ? [`  ${CONFIG_UNKNOWN}`] : []),
  ];
}

function resultText({ builtBefore, result }: ProjectWhy, since?: Since): string {
  if (builtBefore) return RESULTS[result];
  return (since ? NEW : FIRST_TIMES)[result];
}

/** A layer that was already described for a lower project is only named. */
function layerLines(layer: LayerChange, builtBefore: boolean, told: Set<string>): string[] {
  const key = `${layerWords(layer)} ${layer.before} ${layer.after}`;
  const head = `  ${layerWords(layer)}: ${changeWords(layer, builtBefore)}`;
  if (told.has(key)) return [`${head}, as above`];
  told.add(key);
  return [head, ...reasons(layer)];
}

function changeWords({ change, before, after, inStore, own }: LayerChange, builtBefore: boolean): string {
  const source = inStore ? 'from the store' : own ? 'made' : 'made by its own build';
  if (change === 'gone') return 'gone';
  if (change === 'new') return builtBefore ? `new, ${source}` : source;
  return `${source}, build id ${digestText(before)} → ${digestText(after)}`;
}

function reasons({ differences, change }: LayerChange): string[] {
  if (change !== 'changed') return [];
  if (!differences) return ['    since: unknown; the store has no record of the inputs of the last one'];
  const more =
    differences.length > MOST ? [`    and ${differences.length - MOST} more (--json has all)`] : [];
  return [...differences.slice(0, MOST).map((difference) => `    since ${shown(difference)}`), ...more];
}

function shown(difference: string): string {
  return cutLine(visible(difference));
}
