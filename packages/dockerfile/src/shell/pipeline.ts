import type { Command, Redirection } from 'unbash';
import type { Piece } from '../state/findings';
import type { Reading } from '../state/stage';
import { handlerOf } from '../commands';
import {
  NOTHING,
  type CommandResult,
  type ShellCommand,
  type Stream,
  type Target,
} from '../commands/command';
import { expansionContext } from './expansion-context';
import { isKnown, known, unknown, type Value } from '../state/value';
import { expandVariables } from './variables';
import { fieldsOf, textOf } from './words';

/**
 * Follows what a pipeline of simple commands does, and adds its outcome. Returns whether it succeeds; undefined if that
 * is only known in a build.
 */
export function runPipeline(
  commands: readonly Command[],
  piece: Piece,
  reading: Reading,
): boolean | undefined {
  let stdin: Stream = NOTHING;
  let done: CommandResult | undefined = {};
  reading.findings.open(piece);
  for (const node of commands) {
    const command = prepare(node, { piece, reading, stdin: hereText(node, reading) ?? stdin });
    if (command === undefined) continue;
    done = handlerOf(command.name)?.(command);
    if (!done) {
      reportUnknownCommand(command);
      return true;
    }
    stdin = done.stdout ?? NOTHING;
  }
  if (done.prints) reportPrinting(stdin, piece, reading);
  return done.succeeds === 'unknown' ? undefined : (done.succeeds ?? true);
}

interface CommandInput {
  readonly piece: Piece;
  readonly reading: Reading;
  readonly stdin: Stream;
}

/** Returns the command with its words expanded; undefined if it only sets variables. */
function prepare(node: Command, input: CommandInput): ShellCommand | undefined {
  const setting = expansionContext(input.reading);
  const words = [...(node.name ? [node.name] : []), ...node.args].flatMap((arg) =>
    arg.type === 'Word' ? fieldsOf(arg, setting) : [assignmentWord(arg, input.reading)],
  );
  const [name, ...args] = withoutSudo(words);
  if (!name) {
    assign(node, input);
    return;
  }
  return { ...input, name: name.text, args, target: targetOf(node.redirects, input.reading) };
}

function assign(node: Command, { piece, reading }: CommandInput): undefined {
  const setting = expansionContext(reading);
  for (const part of node.prefix)
    if (part.type === 'Assignment' && part.value.type === 'Word')
      reading.stage.variables.set(part.name, textOf(part.value, setting));
  reading.findings.notNeeded(piece, 'its value is inserted where it is used');
}

/** Returns the word of an assignment among the arguments, as in "export A=b". */
function assignmentWord(
  part: Extract<Command['args'][number], { type: 'Assignment' }>,
  reading: Reading,
): Value {
  if (part.value.type !== 'Word') return unknown(part.text);
  const value = textOf(part.value, expansionContext(reading));
  return { ...value, text: `${part.name}=${value.text}` };
}

function withoutSudo(words: readonly Value[]): readonly Value[] {
  const [first, ...rest] = words;
  if (first?.text === 'sudo')
    return withoutSudo(rest.slice(rest.findIndex(({ text }) => !text.startsWith('-'))));
  if (first?.text === 'env')
    return withoutSudo(rest.slice(rest.findIndex(({ text }) => !/^(?:-|\w+=)/.test(text))));
  return words;
}

/** Returns the file that the standard output goes to; ignores stderr and /dev/null. */
function targetOf(redirects: readonly Redirection[], reading: Reading): Target | undefined {
  for (const redirect of redirects) {
    if (redirect.type !== 'Redirect' || !redirect.target) continue;
    const isStandard =
      redirect.descriptor === undefined ||
      (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 1);
    if (!isStandard || !/^(?:>|>>|>\||&>)$/.test(redirect.operator)) continue;
    const value = textOf(redirect.target, expansionContext(reading));
    if (value.text === '/dev/null') continue;
    return {
      path: isKnown(value) ? reading.stage.path(value.text) : value.text,
      appends: redirect.operator === '>>',
    };
  }
  return undefined;
}

function hereText(node: Command, reading: Reading): Stream | undefined {
  for (const redirect of node.redirects) {
    if (redirect.type === 'HereString') return undefined;
    if (redirect.type !== 'HereDoc') continue;
    const body = redirect.operator === '<<-' ? redirect.body.text.replace(/^\t+/gm, '') : redirect.body.text;
    const value = redirect.delimiter?.quoted ? known(body) : expandVariables(body, reading.stage.variables);
    return isKnown(value) ? { kind: 'text', text: value.text } : NOTHING;
  }
  return undefined;
}

function reportPrinting(stream: Stream, piece: Piece, { findings }: Reading): void {
  if (stream.kind === 'download' || stream.kind === 'member') stream.download.pieces.add(piece);
  else findings.notNeeded(piece, 'it only prints something');
}

function reportUnknownCommand({ name, stdin, target, piece, reading }: ShellCommand): void {
  if (stdin.kind === 'download') stdin.download.pieces.add(piece);
  const isInstaller = /(?:^|\/)install(?:\.sh)?$/.test(name);
  reading.findings.notImported(
    piece,
    isInstaller ? 'it runs a downloaded installer' : `the command "${name}" is not supported`,
    isInstaller ? INSTALLER : target ? `Run it once, and add its output as rootfs${target.path}.` : FILES,
  );
}

const INSTALLER =
  'Find out what it installs, and add a Debian package to "packages" or write a tool with files of the archive.';
const FILES = 'If it writes files that the image needs, add them to rootfs/.';
