import { STEP_FOLDER } from './places';
import { SYSTEM } from './system';

/** The slots of a Dockerfile: `runs` groups of commands, `mounts` mounts. */
export interface Room {
  readonly runs: number;
  readonly mounts: number;
}

const USUAL: Room = { runs: 8, mounts: 4 };

/**
 * Returns the slots for a step: nearly always the same, since another Dockerfile is another context, for
 * which the engine assembles the system again.
 */
export function roomFor(needed: Room): Room {
  const times = Math.max(1, Math.ceil(needed.runs / USUAL.runs), Math.ceil(needed.mounts / USUAL.mounts));
  return { runs: USUAL.runs * times, mounts: USUAL.mounts * times };
}

/** Folder of the context with the large mounts. */
export const MOUNTS = 'mounts';

/** The source of mounts, below the root of their stage. */
export function madeMount(name: string): string {
  return `${STEP_FOLDER}/mounts/${name}`;
}

/** The name of a build argument. */
export const ARGUMENTS = {
  mounts: 'STEP_MOUNTS',
  mountsSecret: 'STEP_MOUNTS_SECRET',
  secret: 'STEP_SECRET',
  label: 'STEP_LABEL',
  user: (run: number) => `STEP_USER_${run}`,
  uid: (run: number) => `STEP_UID_${run}`,
  gid: (run: number) => `STEP_GID_${run}`,
  source: (mount: number) => `STEP_SOURCE_${mount}`,
  target: (mount: number) => `STEP_TARGET_${mount}`,
} as const;

/** Returns the stage to build: that of the last RUN. */
export function targetOf(network: 'none' | 'host', runs: number): string {
  return `${network}-${runs}`;
}

/** A container's hostname: set by the engine, can't be changed. */
const HOST_NAME = 'dagger';
const UNUSED = 'unused';

/**
 * Returns the Dockerfile of all steps. Everything that differs between steps is a build argument, a secret or
 * a socket, so that all steps on a system have the same context.
 */
export function dockerfileOf(room: Room): string {
  const script = `/${STEP_FOLDER}/script`;
  return [
    `ARG ${ARGUMENTS.mounts}=none`,
    'FROM scratch AS parts',
    `COPY <<END /hostname\n${HOST_NAME}\nEND`,
    `FROM scratch AS ${SYSTEM}`,
    `COPY ${SYSTEM}/ /`,
    'FROM scratch AS mounts-none',
    `WORKDIR /${madeMount(UNUSED)}`,
    'FROM scratch AS mounts-context',
    `COPY ${MOUNTS}/ /${madeMount('')}`,
    `WORKDIR /${madeMount(UNUSED)}`,
    `FROM ${SYSTEM} AS mounts-script`,
    `WORKDIR /${madeMount(UNUSED)}`,
    `ARG ${ARGUMENTS.mountsSecret}`,
    `RUN --network=none ${secretOption(ARGUMENTS.mountsSecret, script)} ["/bin/sh","${script}"]`,
    `FROM mounts-\${${ARGUMENTS.mounts}} AS mounts`,
    ...(['none', 'host'] as const).flatMap((network) =>
      Array.from({ length: room.runs }, (_, run) => runStage(network, run, room)).flat(),
    ),
    '',
  ].join('\n');
}

function runStage(network: 'none' | 'host', run: number, room: Room): string[] {
  const slots = Array.from({ length: room.mounts }, (_, mount) => mount);
  const inside = `/${STEP_FOLDER}/run`;
  const { secret, label, user, uid, gid, source, target } = ARGUMENTS;
  const options = [
    ...(network === 'none' ? ['--network=none'] : []),
    secretOption(secret, inside),
    '--mount=type=bind,from=parts,source=/hostname,target=/etc/hostname',
    ...slots.map(
      (mount) =>
        `--mount=type=bind,from=mounts,source=/${madeMount(`\${${source(mount)}}`)},target=\${${target(mount)}}`,
    ),
    `--mount=type=ssh,target=/${STEP_FOLDER}/lines,uid=\${${uid(run)}},gid=\${${gid(run)}}`,
  ];
  const defaults = slots.map(
    (mount) => `${source(mount)}=${UNUSED} ${target(mount)}=/${STEP_FOLDER}/${UNUSED}/${mount}`,
  );
  return [
    `FROM ${run === 0 ? SYSTEM : targetOf(network, run)} AS ${targetOf(network, run + 1)}`,
    `ARG ${[secret, label, `${user(run)}=0:0`, `${uid(run)}=0`, `${gid(run)}=0`, ...defaults].join(' ')}`,
    `USER \${${user(run)}}`,
    `RUN ${options.join(' ')} ["/bin/sh","${inside}","${run}"]`,
  ];
}

function secretOption(argument: string, target: string): string {
  return `--mount=type=secret,id=\${${argument}},target=${target},mode=0444,required=true`;
}
