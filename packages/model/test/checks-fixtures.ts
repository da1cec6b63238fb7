import {
  planChecks,
  type Check,
  type CheckInput,
  type CheckOutcome,
  type CommandOutcome,
  type FileCheck,
  type PlannedCommand,
  type RunCheck,
  type TestReport,
} from '../src';
import { valueOf } from './definitions-fixtures';

export const INPUT: CheckInput = {
  image: 'app',
  platform: 'linux/amd64',
  emulated: false,
  images: [],
  tools: [],
  contents: { tools: [], packages: [] },
  config: {
    env: { PATH: '/usr/bin', HOME: '/home/toolbox' },
    entrypoint: [],
    cmd: ['bash'],
    user: '1000:1000',
    workdir: '/work',
  },
  budget: {},
  setuid: [],
  compressedSize: 123_400_000,
};

export function runCheck(run: string[], rest: Partial<RunCheck> = {}): RunCheck {
  return { run, exitCode: 0, timeoutSeconds: 60, network: false, files: {}, ...rest };
}

export function fileCheck(file: string, rest: Partial<FileCheck> = {}): FileCheck {
  return { file, absent: false, ...rest };
}

export function withTool(name: string, version: string, ...checks: Check[]): CheckInput {
  return { ...INPUT, tools: [{ name, version, checks }] };
}

export function withImage(name: string, ...checks: Check[]): CheckInput {
  return { ...INPUT, images: [{ name, checks }] };
}

export function planned(input: CheckInput, id: string): PlannedCommand {
  const { commands } = valueOf(planChecks(input));
  const found = commands.find((command) => command.id === id);
  if (!found) throw new Error(`no ${id} among ${commands.map((command) => command.id).join(', ')}`);
  return found;
}

export function ran(rest: Partial<CommandOutcome> = {}): CommandOutcome {
  return { exitCode: 0, stdout: '', stderr: '', timedOut: false, seconds: 0.25, ...rest };
}

export function reportOf(...checks: CheckOutcome[]): TestReport {
  return {
    reportVersion: 1,
    image: 'app',
    platform: 'linux/amd64',
    manifest: `sha256:${'a'.repeat(64)}`,
    engine: 'buildah',
    isolated: true,
    passed: checks.every(({ passed }) => passed),
    seconds: 1.5,
    checks,
  };
}

/**
 * Returns a listing as `find` prints it, of "mode user:group path" or "mode user:group path -> target" lines;
 * "/" at the end: a folder.
 */
export function listing(...lines: string[]): string {
  return ['0755 root:root /', ...lines].map(record).join('');
}

const IDS: Record<string, number> = { root: 0, shadow: 42, toolbox: 1000 };

function record(line: string): string {
  const [mode = '', owner = '', path = '', , target] = line.split(' ');
  const [user = '', group = ''] = owner.split(':');
  const type = target === undefined ? (path.endsWith('/') ? 'd' : 'f') : 'l';
  const name = path === '/' ? path : path.replace(/\/$/, '');
  const head = [type, mode.replace(/^0+/, '') || '0', IDS[user], IDS[group], user, group, 1, name];
  return `${head.join(' ')}\0${target === undefined ? '' : `${target}\0`}`;
}
