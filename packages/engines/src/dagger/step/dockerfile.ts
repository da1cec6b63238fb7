import type { Step } from '../../port';
import { CHAIN_LAYERS, FOLDERS_TAR, STEP_FOLDER } from './chain';
import type { AddedLayer } from './layers';
import { hideScript } from './hide';

/** Where a mount's content comes from. */
export type MountContent =
  /** A folder of the build's context. */
  | { readonly kind: 'context'; readonly path: string }
  /** Small enough for a script that makes it. */
  | { readonly kind: 'script'; readonly script: string };

export interface PlacedMount {
  /** Absolute path in the container. */
  readonly target: string;
  readonly content: MountContent;
}

export interface BuildFile {
  readonly step: Pick<Step, 'label' | 'network'>;
  readonly layers: readonly AddedLayer[];
  /** One RUN for each, as this user. */
  readonly users: readonly string[];
  readonly mounts: readonly PlacedMount[];
  /** The runner, for all RUNs. */
  readonly script: string;
  /** Makes the step differ from any other, so that the engine never takes an earlier one's result. */
  readonly nonce: string;
  /** Whether the engine gets a socket to send lines to. */
  readonly hasLines: boolean;
}

/** What the engine calls every container: `dagger` (its hostname can't be set). */
const HOST_NAME = 'dagger';
const NO_NETWORK = '--network=none';

/**
 * Pure: the Dockerfile that runs a step. It begins with the system, a layer after the other: that part is equal for
 * equal chains, and the engine keeps what it makes. Then come the step's own things, which reach no layer, and a
 * RUN for each user.
 */
export function dockerfileOf(file: BuildFile): string {
  const { layers, mounts, users, script, nonce } = file;
  const end = `END${nonce}`;
  const copied = (path: string, content: string): string => `COPY <<"${end}" ${path}\n${content}\n${end}`;
  const made = mounts.filter(({ content }) => content.kind === 'script');
  return [
    'FROM scratch AS parts',
    copied('/run', script),
    copied('/hostname', HOST_NAME),
    ...layers.flatMap((layer, index) => {
      const hide = hideScript(layer.hidden);
      return hide === undefined ? [] : [copied(`/hide/${index}`, hide)];
    }),
    ...(made.length === 0 ? [] : [copied('/mounts', mountScript(mounts))]),
    'FROM scratch AS system',
    `ADD ${CHAIN_LAYERS}/${FOLDERS_TAR} /`,
    ...layers.flatMap(addition),
    ...(made.length === 0 ? [] : ['FROM system AS mounts', runPart('mounts')]),
    'FROM system',
    ...users.flatMap((user, group) => [`USER ${user}`, runGroup(group, user, file)]),
    '',
  ].join('\n');
}

/** ADD applies no whiteouts: what a layer hides is removed before it, with the system's own rm. */
function addition(layer: AddedLayer, index: number): string[] {
  const add = `ADD ${CHAIN_LAYERS}/${layer.hex} /`;
  return hideScript(layer.hidden) === undefined ? [add] : [runPart(`hide/${index}`), add];
}

function runPart(part: string): string {
  const inside = `/${STEP_FOLDER}/part`;
  return `RUN ${NO_NETWORK} ${mountOption({ from: 'parts', source: `/${part}`, target: inside })} ${execForm(['/bin/sh', inside])}`;
}

function runGroup(group: number, user: string, { step, mounts, nonce, hasLines }: BuildFile): string {
  const inside = `/${STEP_FOLDER}/run`;
  const options = [
    ...(step.network === 'none' ? [NO_NETWORK] : []),
    mountOption({ from: 'parts', source: '/run', target: inside }),
    mountOption({ from: 'parts', source: '/hostname', target: '/etc/hostname' }),
    ...mounts.map(({ target, content }, index) =>
      content.kind === 'context'
        ? mountOption({ source: content.path, target })
        : mountOption({ from: 'mounts', source: madeMount(index), target }),
    ),
    ...(hasLines ? [`--mount=type=ssh,target=/${STEP_FOLDER}/lines,${ownerOption(user)}`] : []),
  ];
  // The label is for people who look at the engine's traces.
  return `RUN ${options.join(' ')} ${execForm(['/bin/sh', inside, String(group), nonce, step.label])}`;
}

function mountOption(fields: Readonly<Record<string, string>>): string {
  return `--mount=type=bind,${Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}`;
}

/** The socket is its owner's alone (the engine knows mode 0600 only); of a user by name the id is not known here. */
function ownerOption(user: string): string {
  const [uid = '', gid = '0'] = user.split(':');
  return /^\d+$/.test(uid) ? `uid=${uid},gid=${/^\d+$/.test(gid) ? gid : 0}` : 'uid=0,gid=0';
}

function madeMount(index: number): string {
  return `/${STEP_FOLDER}/mounts/${index}`;
}

/** Makes the small mounts in a stage of their own. */
function mountScript(mounts: readonly PlacedMount[]): string {
  const parts = mounts.flatMap(({ content }, index) =>
    content.kind === 'script'
      ? [`mkdir -p ${madeMount(index)}\ncd ${madeMount(index)}\n${content.script}`]
      : [],
  );
  return ['set -e', 'umask 022', ...parts].join('\n');
}

function execForm(argv: readonly string[]): string {
  return JSON.stringify(argv);
}
