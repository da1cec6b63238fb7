import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@image-tooling/testkit/helpers';
import { readArguments } from '../src/command-line/arguments';
import type { Call } from '../src/command-line/call';
import type { Host, Parts } from '../src/command-line/types';
import { findProblems } from '../src/doctor';
import type { Finding, Machine } from '../src/doctor/finding';
import { fakeMachine, hostOf, program, SCRIPTS, write, type FakeMachine, type Machine as As } from './rig';

export const VERSION = '1.2.3';

/** How a machine differs from one on which everything works. */
export interface Broken extends As {
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
  readonly platform?: NodeJS.Platform;
  /** Paths of the system in scripts → others. */
  readonly paths?: Readonly<Record<string, string>>;
  /** Changes files and programs. */
  readonly change?: (machine: FakeMachine, root: string) => void;
}

/** An engine that works: answers its questions, and a call sees one file. */
export const WORKING = `case "$1 $2" in
  version*) echo 26.1.5 ;;
  'info '*) echo 4.3.1 ;;
  'image inspect') echo ${process.arch === 'arm64' ? 'arm64' : 'amd64'} ;;
  run*) echo files=1 ;;
esac`;

/** Makes the machine, and returns what the doctor finds. */
export async function examine(broken: Broken): Promise<Finding[]> {
  const { engines = ['podman'] } = broken;
  const machine = fakeMachine(broken);
  const root = temporaryFolder();
  for (const engine of engines) program(machine.bin, engine, WORKING);
  for (const name of ['catatonit', 'toolbox']) program(machine.bin, name, '# @image-tooling/toolbox');
  for (const name of ['subuid', 'subgid']) write(join(root, 'etc', name), 'me:100000:65536\n');
  write(join(machine.project, 'file'), '');
  broken.change?.(machine, root);
  const host = hostOf(machine, { platform: 'linux', ...broken });
  const about: Machine = { host, root, uid: broken.uid ?? 1234, user: 'me' };
  return findProblems(callOf(broken.argv ?? [], host, broken.paths ?? {}), about);
}

/** A command line of toolbox itself, with scripts whose paths of the system are replaced. */
function callOf(argv: readonly string[], host: Host, paths: Readonly<Record<string, string>>): Call {
  const read = readArguments([...argv, 'doctor']);
  if (!read.ok) throw new Error(read.failures[0].message);
  const parts: Parts = {
    version: VERSION,
    scripts: scriptsWith(paths),
    commands: () => Promise.reject(new Error('not here')),
  };
  return { ...read.value, command: 'doctor', host, parts };
}

function scriptsWith(paths: Readonly<Record<string, string>>): string {
  if (Object.keys(paths).length === 0) return SCRIPTS;
  const folder = temporaryFolder();
  for (const name of readdirSync(SCRIPTS)) {
    const text = readFileSync(join(SCRIPTS, name), 'utf8');
    write(
      join(folder, name),
      Object.entries(paths).reduce((all, [from, to]) => all.replaceAll(from, to), text),
    );
  }
  return folder;
}
