import type { Handler } from '../shell/command';
import { apt, dpkg } from './apt';
import { addAptRepository, gpg } from './archives';
import { checksum } from './checksum';
import { curl, wget } from './fetch';
import { install, link, makeFolder, move, copy, remove, touch } from './files';
import { goCommand, otherManager, npm, pip } from './managers';
import { chmod, chown } from './permissions';
import { changeFolder, exported, query, quiet } from './quiet';
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
  mkdir: makeFolder,
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
    quiet,
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

/** What knows of a command; by its name without a folder. */
export function handlerOf(name: string): Handler | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const handler = Object.hasOwn(HANDLERS, base) ? HANDLERS[base] : undefined;
  return handler ?? tried;
}

/** A call of a program that was just put there: it shows whether it works. */
const tried: Handler = ({ name, args, piece, reading, stdin }) => {
  const { stage, findings } = reading;
  const asksItself = args.every(({ text }) => TELLING.test(text)) && args.length > 0;
  if (stdin.kind === 'download' || name.includes('/') || !asksItself) return undefined;
  stage.tries.push({ piece, value: [name, ...args.map(({ text }) => text)] });
  findings.needless(piece, 'it only shows that the program is there: "checks" do that');
  return { succeeds: true };
};

const TELLING = /^(?:-{1,2}(?:version|help|client|short|v|V)(?:=\w+)?|version|help)$/;

function each(names: readonly string[], handler: Handler): Record<string, Handler> {
  return Object.fromEntries(names.map((name) => [name, handler]));
}
