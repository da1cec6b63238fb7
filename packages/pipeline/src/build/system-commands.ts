import type { StepCommand } from '@image-tooling/engines';
import { quotedWord, type PlannedUser } from '@image-tooling/model';

/** The folder in a step with the .debs that it installs. */
export const STEP_FOLDER = '/step';
export const REQUIRED_FOLDER = `${STEP_FOLDER}/required`;
export const PACKAGES_FOLDER = `${STEP_FOLDER}/packages`;

/**
 * Returns the environment of a step that makes a system layer. SOURCE_DATE_EPOCH makes Python write .pyc
 * files that are checked by hash (PEP 552) and shadow write fixed days, FORCE_SOURCE_DATE makes TeX use it as
 * date; hashes of Python and Perl have a fixed order; nothing asks questions. With threads, dpkg-deb(1) needs more
 * memory and no less processor time.
 */
export function systemEnv(time: number): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SOURCE_DATE_EPOCH: String(time),
    DEBIAN_FRONTEND: 'noninteractive',
    DEBCONF_NONINTERACTIVE_SEEN: 'true',
    PYTHONHASHSEED: '0',
    PERL_HASH_SEED: '0',
    FORCE_SOURCE_DATE: '1',
    DPKG_DEB_THREADS_MAX: '1',
  };
}

/**
 * Makes a system of the required packages' unpacked files: first the two packages that other scripts need,
 * then all are registered and configured. dpkg ignores the order of Pre-Depends (--force-depends), since
 * every file is there already.
 */
export function bootstrapCommands(): StepCommand[] {
  return [
    shell(
      'mkdir -p /var/lib/dpkg; : > /var/lib/dpkg/status; : > /var/lib/dpkg/available',
      `${DPKG} --force-depends --install ${REQUIRED_FOLDER}/base-passwd_*.deb ${REQUIRED_FOLDER}/base-files_*.deb`,
    ),
    shell(`${DPKG} --force-depends --unpack ${REQUIRED_FOLDER}/*.deb`),
    shell(
      `${DPKG} --configure -a`,
      `printf '%s\\n' ${BASHRC_HOOK.map(quotedWord).join(' ')} >> /etc/bash.bashrc`,
    ),
  ];
}

/**
 * Installs every .deb of the packages folder with apt, which decides the order; no service is started. Files
 * that match a pattern of `omit` are not unpacked (dpkg(1), --path-exclude).
 */
export function installCommands(omit: readonly string[] = []): StepCommand[] {
  const excluded = omit.map((pattern) => ` -o ${quotedWord(`Dpkg::Options::=--path-exclude=${pattern}`)}`);
  return [
    shell("printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d"),
    shell(
      'apt-get install --yes --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0' +
        ` -o Dpkg::Options::=--force-unsafe-io${excluded.join('')} ${PACKAGES_FOLDER}/*.deb`,
    ),
    shell('rm -f /usr/sbin/policy-rc.d'),
  ];
}

/** Makes the declared users with their groups and home folders. */
export function userCommands(users: readonly PlannedUser[]): StepCommand[] {
  return users.map((user) =>
    shell(
      words('groupadd', '--gid', String(user.gid), user.name),
      words(
        'useradd',
        ...['--uid', String(user.uid), '--gid', String(user.gid), '--home-dir', user.home, '--create-home'],
        ...['--shell', user.shell, user.name],
      ),
      words('chmod', user.homeMode, user.home),
    ),
  );
}

const DPKG = 'dpkg --force-unsafe-io';

/** Debian's bashrc reads no drop-in files; our images have greetings and completions as such. */
const BASHRC_HOOK = [
  '',
  '# Added by image-tooling: what an image brings for interactive shells.',
  'for file in /etc/bash.bashrc.d/*.sh; do',
  '  [ -r "$file" ] && . "$file"',
  'done',
  'unset file',
];

/**
 * Joins lines to one command that stops at the first failing line: an engine takes 0.1 s to start a command.
 */
function shell(...lines: string[]): StepCommand {
  return { argv: ['/bin/sh', '-euc', lines.join('\n')] };
}

function words(...argv: string[]): string {
  return argv.map(quotedWord).join(' ');
}
