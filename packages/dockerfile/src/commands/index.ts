import type { Handler } from './command';
import { apt, dpkg } from './apt';
import { addAptRepository, gpg } from './archives';
import { checksum } from './checksum';
import { curl, wget } from './fetch';
import { install, link, createFolder, move, copy, remove, touch } from './files';
import { goCommand, otherManager, npm, pip } from './managers';
import { chmod, chown } from './permissions';
import { changeFolder, exported, noEffect, query } from './no-effect';
import { shell } from './shells';
import { cat, echo, tee } from './text';
import { tar, unzip, gunzip } from './unpack';
import { addUser, addGroup, changeUser } from './users';
import { configuration } from './configuration';

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...each(['apt-get', 'apt', 'aptitude'], apt),
  ...each(['dpkg', 'gdebi'], dpkg),
  'add-apt-repository': addAptRepository,
  ...each(['gpg', 'gpg2', 'apt-key'], gpg),
  ...each(['sha256sum', 'sha512sum', 'shasum', 'sha1sum', 'md5sum', 'cosign'], checksum),
  curl,
  wget,
  chmod,
  chown,
  install,
  ln: link,
  mkdir: createFolder,
  mv: move,
  cp: copy,
  rm: remove,
  rmdir: remove,
  touch,
  go: goCommand,
  ...each(['pip', 'pip3', 'pipx', 'uv', 'python', 'python3'], pip),
  ...each(['npm', 'yarn', 'pnpm'], npm),
  ...each(
    [
      'gem',
      'cargo',
      'conda',
      'mamba',
      'brew',
      'apk',
      'yum',
      'dnf',
      'microdnf',
      'zypper',
      'pacman',
      'snap',
      'composer',
    ],
    otherManager,
  ),
  ...each(
    [
      'set',
      'true',
      ':',
      'exit',
      'sync',
      'unset',
      'shopt',
      'ldconfig',
      'sleep',
      'pwd',
      'ls',
      'date',
      'whoami',
    ],
    noEffect,
  ),
  ...each(['export', 'declare', 'readonly'], exported),
  cd: changeFolder,
  ...each(['id', 'getent', 'command', 'which', 'type', 'hash', 'grep'], query),
  ...each(['sh', 'bash', 'ash', 'dash', 'zsh'], shell),
  ...each(['echo', 'printf'], echo),
  cat,
  tee,
  tar,
  unzip,
  ...each(['gunzip', 'gzip', 'xz', 'unxz', 'bunzip2'], gunzip),
  ...each(['useradd', 'adduser'], addUser),
  ...each(['groupadd', 'addgroup'], addGroup),
  ...each(['usermod', 'groupmod', 'chpasswd', 'passwd'], changeUser),
  ...each(
    [
      'locale-gen',
      'update-locale',
      'localedef',
      'dpkg-reconfigure',
      'update-ca-certificates',
      'update-alternatives',
      'sed',
      'chsh',
      'systemctl',
      'setcap',
      'debconf-set-selections',
    ],
    configuration,
  ),
};

/** Returns the handler of a command, by its name without a folder. */
export function handlerOf(name: string): Handler | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const handler = Object.hasOwn(HANDLERS, base) ? HANDLERS[base] : undefined;
  return handler ?? versionCheck;
}

/** Reads a call of an installed program that checks that it works: "tool --version". */
const versionCheck: Handler = ({ name, args, piece, reading, stdin }) => {
  const { stage, findings } = reading;
  const isVersionCheck = args.every(({ text }) => VERSION_ARGUMENT.test(text)) && args.length > 0;
  if (stdin.kind === 'download' || name.includes('/') || !isVersionCheck) return undefined;
  stage.versionChecks.push({ piece, value: [name, ...args.map(({ text }) => text)] });
  findings.notNeeded(piece, 'it only checks that the program works, as "checks" of tool.json do');
  return { succeeds: true };
};

const VERSION_ARGUMENT = /^(?:-{1,2}(?:version|help|client|short|v|V)(?:=\w+)?|version|help)$/;

function each(names: readonly string[], handler: Handler): Record<string, Handler> {
  return Object.fromEntries(names.map((name) => [name, handler]));
}
