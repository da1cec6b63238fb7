import type { Step, StepCommand } from '@image-tooling/engines';
import {
  CHECK_SCRATCH,
  counted,
  LISTING_ARGV,
  type InheritedConfig,
  type PlannedCommand,
  type Platform,
} from '@image-tooling/model';

/** The image under test, and the commands to run in it. */
export interface Trial {
  readonly image: string;
  readonly platform: Platform;
  readonly system: Step['system'];
  readonly config: InheritedConfig;
  /** HOME of the image's user. */
  readonly home: string;
  readonly commands: readonly PlannedCommand[];
}

/** Folders of this machine that commands see. */
export interface CheckFolders {
  /** Always empty. */
  readonly empty: string;
  /** Has a folder for each command with files, named by its place in the plan. */
  readonly files: string;
}

/** Commands that share a container: those of one kind of home and of network. */
export interface Batch {
  readonly step: Step;
  /** Places of the commands in the plan, in the order of the step's. */
  readonly places: readonly number[];
}

/** In addition to its commands, a step unpacks layers and starts containers, also under emulation. */
const MARGIN_SECONDS = 600;

/** Returns the plan's commands as steps of an engine. Pure. */
export function batchesOf(trial: Trial, folders: CheckFolders): Batch[] {
  const groups = new Map<string, number[]>();
  trial.commands.forEach((command, place) => {
    const key = [command.readOnlyHome, command.network].join();
    groups.set(key, [...(groups.get(key) ?? []), place]);
  });
  return [...groups.values()].map((places) => ({ places, step: stepOf(trial, folders, places) }));
}

/** Returns the step that lists the image's files, in a container in which nothing else has run. */
export function listingStep(trial: Trial): Step {
  return {
    label: `${trial.image}: list its files`,
    ...shared(trial),
    commands: [{ argv: LISTING_ARGV, wholeOutput: true }],
    mounts: [],
    network: 'none',
    timeoutSeconds: MARGIN_SECONDS,
  };
}

function stepOf(trial: Trial, folders: CheckFolders, places: readonly number[]): Step {
  const planned = places.map((place) => trial.commands[place] as PlannedCommand);
  const [first, ...rest] = planned.map((command, at) => stepCommand(trial, command, places[at] as number));
  const [one] = planned;
  if (!first || !one) throw new Error('a batch without a command');
  const { readOnlyHome, network } = one;
  const home = readOnlyHome && trial.home !== '/' ? [{ source: folders.empty, target: trial.home }] : [];
  const files = planned.some(hasFiles) ? [{ source: folders.files, target: CHECK_SCRATCH }] : [];
  return {
    label: `${trial.image}: ${labelOf(planned.length, readOnlyHome, network)}`,
    ...shared(trial),
    commands: [first, ...rest],
    mounts: [...home, ...files],
    network: network ? 'host' : 'none',
    timeoutSeconds: planned.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, MARGIN_SECONDS),
  };
}

function shared({ platform, system, config, home }: Trial) {
  return {
    platform,
    system,
    env: { HOME: home, ...config.env },
    onFailure: 'continue',
  } as const;
}

function labelOf(count: number, readOnlyHome: boolean, network: boolean): string {
  const home = readOnlyHome ? ' with a read-only home' : '';
  return `run ${counted(count, 'command')}${home}${network ? `${home && ' and'} with network` : ''}`;
}

/** Puts a command's files into a fresh folder, and runs it there. */
const IN_FRESH_FOLDER =
  'folder=$(mktemp -d /tmp/check.XXXXXX) && cp -R "$0/." "$folder" && cd "$folder" && exec "$@"';

function stepCommand({ config }: Trial, planned: PlannedCommand, place: number): StepCommand {
  const { argv, user, timeoutSeconds } = planned;
  const wrapped: StepCommand['argv'] = hasFiles(planned)
    ? ['sh', '-c', IN_FRESH_FOLDER, `${CHECK_SCRATCH}/${place}`, ...argv]
    : argv;
  return {
    argv: wrapped,
    user,
    timeoutSeconds,
    ...(config.workdir !== undefined && { workdir: config.workdir }),
  };
}

export function hasFiles({ files }: PlannedCommand): boolean {
  return Object.keys(files).length > 0;
}
