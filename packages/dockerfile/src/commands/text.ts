import type { CommandResult, Handler, ShellCommand, Stream } from './command';
import { printed } from './printed-text';
import { isKnown } from '../state/value';
import { addArchive, archiveLine } from './archives';

/** Reads echo and printf. */
export const echo: Handler = (command) => {
  const argv = [command.name, ...command.args.map(({ text }) => text)];
  const isKnownText = command.args.every(isKnown);
  const text = printed(argv);
  const isLine = command.name === 'echo' && !/^-[eE]*n/.test(command.args[0]?.text ?? '');
  const stream: Stream =
    text !== undefined && (isKnownText || isArchive(text))
      ? { kind: 'text', text: isLine ? `${text}\n` : text }
      : { kind: 'unknown' };
  return emit(command, stream);
};

/** Reads cat, which passes on its input or a file. */
export const cat: Handler = (command) => {
  const [file, ...more] = command.args.filter(({ text }) => !text.startsWith('-') || text === '-');
  if (more.length > 0) return undefined;
  if (!file || file.text === '-') return emit(command, command.stdin);
  const { stage } = command.reading;
  const content = stage.files.get(stage.path(file.text))?.content;
  if (content?.kind === 'text' || content?.kind === 'download') return emit(command, content);
  return command.target ? undefined : { prints: true };
};

/** Reads tee as a redirection of its input. */
export const tee: Handler = (command) => {
  const file = command.args.find(({ text }) => !text.startsWith('-'));
  if (!file) return undefined;
  const { stage } = command.reading;
  const appends = command.args.some(({ text }) => text === '-a');
  return emit({ ...command, target: { path: stage.path(file.text), appends } }, command.stdin);
};

/** Writes the output of a command to the file it is redirected to, or adds the archive if that is a list of archives. */
function emit(command: ShellCommand, stream: Stream): CommandResult {
  const { target, reading, piece } = command;
  if (!target) return { prints: true, stdout: stream };
  const { stage, findings } = reading;
  if (isSourcesFile(target.path)) return addedArchive(command, stream);
  if (stream.kind === 'download' || stream.kind === 'member') {
    stream.download.pieces.add(piece);
    stage.files.write(target.path, { content: stream, pieces: stream.download.pieces });
  } else if (stream.kind === 'text') writeText(command, target, stream.text);
  else
    findings.notImported(
      piece,
      'what it writes is only known in a build',
      `Add the file as rootfs${target.path}.`,
    );
  return { stdout: stream };
}

function writeText(
  { reading, piece }: ShellCommand,
  target: NonNullable<ShellCommand['target']>,
  text: string,
): void {
  const { stage, findings } = reading;
  const before = stage.files.get(target.path);
  const old = before?.content.kind === 'text' ? before.content.text : undefined;
  if (target.appends && old === undefined && !isSeparateFile(target.path)) {
    findings.notImported(
      piece,
      `it appends to ${target.path}, which may come from a package or the parent`,
      APPEND_ADVICE,
    );
    return;
  }
  const pieces = new Set([...(before?.pieces ?? []), piece]);
  stage.files.write(target.path, {
    ...before,
    content: { kind: 'text', text: target.appends ? (old ?? '') + text : text },
    pieces,
  });
}

const APPEND_ADVICE =
  'Add a separate file in rootfs/etc/profile.d/, rootfs/etc/bash.bashrc.d/ or another ".d" folder.';

/** Returns whether a file is in a ".d" folder, where each program adds a separate file. */
function isSeparateFile(path: string): boolean {
  return /\.d\/[^/]+$/.test(path);
}

function isSourcesFile(path: string): boolean {
  return /^\/etc\/apt\/(?:sources\.list$|sources\.list\.d\/)/.test(path);
}

function isArchive(text: string): boolean {
  return archiveLine(text) !== undefined;
}

function addedArchive(command: ShellCommand, stream: Stream): CommandResult {
  addArchive(command, stream.kind === 'text' ? stream.text : undefined);
  return { stdout: stream };
}
