import type { Command, Redirection } from 'unbash';
import type { Piece } from '../findings';
import type { Reading } from '../stage';
import { handlerOf } from '../commands';
import { NOTHING, type Done, type ShellCommand, type Stream, type Target } from './command';
import { settingOf } from './setting';
import { isKnown, known, unknown, type Value } from './value';
import { expandVariables } from './variables';
import { fieldsOf, textOf } from './words';

export type Simple = Command;

/**
 * Does what a pipeline of simple commands does, as far as it is known, and tells the findings. Whether it succeeds;
 * undefined: only running it would tell.
 */
export function runPipeline(
  commands: readonly Simple[],
  piece: Piece,
  reading: Reading,
): boolean | undefined {
  let stdin: Stream = NOTHING;
  let done: Done | undefined = {};
  reading.findings.open(piece);
  for (const node of commands) {
    const command = prepare(node, { piece, reading, stdin: hereText(node, reading) ?? stdin });
    if (command === undefined) continue;
    done = handlerOf(command.name)?.(command);
    if (!done) {
      leaveUnknown(command);
      return true;
    }
    stdin = done.stdout ?? NOTHING;
  }
  if (done.prints) printedOnly(stdin, piece, reading);
  return done.succeeds === 'unknown' ? undefined : (done.succeeds ?? true);
}

interface Flow {
  readonly piece: Piece;
  readonly reading: Reading;
  readonly stdin: Stream;
}

/** The command with its words worked out; undefined where it sets variables only. */
function prepare(node: Simple, flow: Flow): ShellCommand | undefined {
  const setting = settingOf(flow.reading);
  const words = [...(node.name ? [node.name] : []), ...node.args].flatMap((arg) =>
    arg.type === 'Word' ? fieldsOf(arg, setting) : [assignmentWord(arg, flow.reading)],
  );
  const [name, ...args] = withoutSudo(words);
  if (!name) {
    assign(node, flow);
    return;
  }
  return { ...flow, name: name.text, args, target: targetOf(node.redirects, flow.reading) };
}

function assign(node: Simple, { piece, reading }: Flow): undefined {
  const setting = settingOf(reading);
  for (const part of node.prefix)
    if (part.type === 'Assignment' && part.value.type === 'Word')
      reading.stage.variables.set(part.name, textOf(part.value, setting));
  reading.findings.needless(piece, 'it was read where it is used');
}

/** "export A=b" has an assignment among its words. */
function assignmentWord(
  part: Extract<Simple['args'][number], { type: 'Assignment' }>,
  reading: Reading,
): Value {
  if (part.value.type !== 'Word') return unknown(part.text);
  const value = textOf(part.value, settingOf(reading));
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

/** The file that the output goes to; errors and what is thrown away are none. */
function targetOf(redirects: readonly Redirection[], reading: Reading): Target | undefined {
  for (const redirect of redirects) {
    if (redirect.type !== 'Redirect' || !redirect.target) continue;
    const isStandard =
      redirect.descriptor === undefined ||
      (redirect.descriptor.type === 'FileDescriptor' && redirect.descriptor.value === 1);
    if (!isStandard || !/^(?:>|>>|>\||&>)$/.test(redirect.operator)) continue;
    const value = textOf(redirect.target, settingOf(reading));
    if (value.text === '/dev/null') continue;
    return {
      path: isKnown(value) ? reading.stage.path(value.text) : value.text,
      appends: redirect.operator === '>>',
    };
  }
  return undefined;
}

function hereText(node: Simple, reading: Reading): Stream | undefined {
  for (const redirect of node.redirects) {
    if (redirect.type === 'HereString') return undefined;
    if (redirect.type !== 'HereDoc') continue;
    const body = redirect.operator === '<<-' ? redirect.body.text.replace(/^\t+/gm, '') : redirect.body.text;
    const value = redirect.delimiter?.quoted ? known(body) : expandVariables(body, reading.stage.variables);
    return isKnown(value) ? { kind: 'text', text: value.text } : NOTHING;
  }
  return undefined;
}

function printedOnly(stream: Stream, piece: Piece, { findings }: Reading): void {
  if (stream.kind === 'download' || stream.kind === 'member') stream.download.pieces.add(piece);
  else findings.needless(piece, 'it only prints');
}

function leaveUnknown({ name, stdin, target, piece, reading }: ShellCommand): void {
  if (stdin.kind === 'download') stdin.download.pieces.add(piece);
  const isInstaller = /(?:^|\/)install(?:\.sh)?$/.test(name);
  reading.findings.left(
    piece,
    isInstaller ? 'it runs an installer that was fetched' : `what "${name}" does is not known here`,
    isInstaller
      ? INSTALLER
      : target
        ? `Run it once, and put what it writes into rootfs${target.path}.`
        : FILES,
  );
}

const INSTALLER =
  'See what it installs: a Debian package ("packages"), or a tool that takes its files from the archive.';
const FILES = 'If it makes files that the image needs, put them into rootfs/.';
