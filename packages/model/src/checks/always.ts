import { escapePattern } from '../definitions';
import type { CommandBody } from './body';
import { ARBITRARY_USER, type CheckInput, type LinePattern, type PlannedCommand } from './types';
import { AS_ARBITRARY_USER, asImageUser } from './users';

export const ALWAYS_GROUP = 'always';

const TIMEOUT_SECONDS = 60;
const [STRANGER_UID] = ARBITRARY_USER.split(':') as [string];
/** Shells that know `-i` and `-c`. */
const SHELLS = ['bash', 'zsh', 'dash', 'ash', 'sh'];

/** Returns the commands that check every image, whatever its definition says. */
export function alwaysCommands(input: CheckInput): PlannedCommand[] {
  const own = { group: ALWAYS_GROUP, ...asImageUser(input) };
  return [
    { id: 'always/user', ...own, ...notRoot(input) },
    { id: 'always/entry', ...own, ...entry(input) },
    { id: 'always/stranger', group: ALWAYS_GROUP, ...AS_ARBITRARY_USER, ...arbitraryUser(input) },
    { id: 'always/help', ...own, ...help(input) },
    ...(input.contents.packages.length === 0
      ? []
      : [
          { id: 'always/packages', ...own, ...packages(input) },
          { id: 'always/dpkg', ...own, ...DPKG_AUDIT },
        ]),
  ];
}

function notRoot({ config }: CheckInput): CommandBody {
  const uid = /^([1-9][0-9]*)(?::|$)/.exec(config.user ?? '')?.[1];
  const expected = uid
    ? { pattern: `^${uid}$`, shown: `^${uid}$` }
    : { pattern: '^[1-9][0-9]*$', shown: '^[1-9][0-9]*$ (not root, which is 0)' };
  return command('runs as its own user, which is not root', ['id', '-u'], [expected]);
}

/** Measures the time to the first prompt. */
function entry(input: CheckInput): CommandBody {
  const body = command('an interactive shell starts', [shellOf(input), '-ic', 'true']);
  const seconds = input.budget.entrySeconds;
  return seconds === undefined || input.emulated ? body : { ...body, expect: { ...body.expect, seconds } };
}

function arbitraryUser(input: CheckInput): CommandBody {
  const script = 'test ! -w "$HOME" && id -u';
  const line = { pattern: `^${STRANGER_UID}$`, shown: `^${STRANGER_UID}$` };
  return command(
    'a shell starts as any user, with a read-only home',
    [shellOf(input), '-ic', script],
    [line],
  );
}

/** Returns the shell that the image starts with, else the one that Debian always has. */
function shellOf({ config }: CheckInput): string {
  const [program = ''] = config.cmd;
  return SHELLS.includes(program.split('/').at(-1) ?? '') ? program : 'bash';
}

function help({ image, tools }: CheckInput): CommandBody {
  const title = { pattern: `^${escapePattern(image)}: `, shown: `^${image}: ` };
  const lines = tools.map(({ name, version }) => row(name, version));
  return command('toolbox-help names every tool with its version', ['toolbox-help'], [title, ...lines]);
}

function packages({ contents }: CheckInput): CommandBody {
  const names = contents.packages.map(({ name }) => name);
  return command(
    'packages have the versions that toolbox-help names',
    ['dpkg-query', '--show', '--showformat', ' ${Package} ${Version}\\n', ...names],
    contents.packages.map(({ name, version }) => row(name, version)),
  );
}

/** Returns a line of a table that holds a name and its version, and perhaps more. */
function row(name: string, version: string): LinePattern {
  const pattern = `^ +${escapePattern(name)} +${escapePattern(version)}(?: |$)`;
  return { pattern, shown: `"${name} ${version}"` };
}

/** dpkg reports half installed packages, but exits with 0. */
const DPKG_AUDIT = command('dpkg finds every package complete', [
  'sh',
  '-c',
  'found=$(dpkg --audit 2>&1); echo "$found"; test -z "$found"',
]);

function command(
  title: string,
  argv: PlannedCommand['argv'],
  stdout: readonly LinePattern[] = [],
): CommandBody {
  return {
    title,
    argv,
    network: false,
    timeoutSeconds: TIMEOUT_SECONDS,
    files: {},
    expect: { exitCode: 0, stdout, stderr: [] },
  };
}
