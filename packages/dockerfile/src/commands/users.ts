import { hasFlag, optionOf, optionsOf, type Handler, type Options } from './command';
import type { Stage } from '../state/stage';

const VALUED = [
  ...[
    'u',
    'uid',
    'g',
    'gid',
    'G',
    'groups',
    'd',
    'home-dir',
    'home',
    's',
    'shell',
    'c',
    'comment',
    'k',
    'K',
    'p',
    'e',
    'ingroup',
    'gecos',
    'b',
    'f',
  ],
];
const NAME = /^[a-z_][a-z0-9_-]{0,31}$/;

/** Reads useradd and adduser. */
export const addUser: Handler = ({ args, reading, piece }) => {
  const { stage, findings } = reading;
  const options = optionsOf(args, VALUED);
  const name = options.rest[0];
  if (!name || !NAME.test(name.text)) return undefined;
  if (options.rest.length > 1) {
    findings.notImported(
      piece,
      `it adds ${name.text} to another group`,
      'image.json has no groups other than those of its users. Give access by uid or mode.',
    );
    return {};
  }
  const uid = number(optionOf(options, 'u', 'uid')?.text);
  const gid = groupOf(options, stage);
  const home = optionOf(options, 'd', 'home-dir', 'home')?.text;
  const shell = optionOf(options, 's', 'shell')?.text;
  stage.users.push({
    piece,
    value: {
      name: name.text,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      ...(home && { home }),
      ...(shell && { shell }),
    },
  });
  if (optionOf(options, 'G', 'groups'))
    findings.ask(
      piece.line,
      `${name.text} is not in the groups "${optionOf(options, 'G', 'groups')?.text}": users of image.json have one group.`,
    );
  if (hasFlag(options, 'r', 'system'))
    findings.ask(
      piece.line,
      `${name.text} is a system user in the Dockerfile, and an ordinary user in image.json.`,
    );
  return {};
};

function groupOf(options: Options, stage: Stage): number | undefined {
  const given = optionOf(options, 'g', 'gid', 'ingroup')?.text;
  return given === undefined ? undefined : (number(given) ?? stage.groups.get(given));
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Reads groupadd and addgroup. */
export const addGroup: Handler = ({ args, reading, piece }) => {
  const { stage } = reading;
  const options = optionsOf(args, ['g', 'gid', 'K', 'p']);
  const name = options.rest[0]?.text;
  if (name === undefined) return undefined;
  stage.groups.set(name, number(optionOf(options, 'g', 'gid')?.text));
  stage.groupPieces.push({ piece, value: name });
  reading.findings.open(piece);
  return {};
};

/** Reads usermod and other programs that change users or passwords. */
export const changeUser: Handler = ({ reading, piece }) => {
  reading.findings.notImported(
    piece,
    'users of image.json have one group and no password',
    'Give access by uid, gid or mode: "users" and "directories".',
  );
  return {};
};
