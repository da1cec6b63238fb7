import type { Handler, ShellCommand } from '../shell/command';
import { octal, withPiece } from './file-nodes';

/** chmod: of files that the Dockerfile made. */
export const chmod: Handler = (command) => {
  const { stage, findings } = command.reading;
  const [mode, ...paths] = command.args.filter(({ text }) => !/^-[a-zA-Z]*R|^-[vfc]$|^--/.test(text));
  if (!mode || paths.length === 0) return undefined;
  for (const { text } of paths) {
    const path = stage.path(text);
    const found = stage.files.below(path);
    const nodes = found.length > 0 ? found : stage.files.get(path) ? [path] : [];
    const folder = stage.files.folders.get(path);
    const octalMode = octal(mode.text) ?? symbolic(mode.text);
    if (folder)
      stage.files.folders.set(path, {
        ...folder,
        ...(octalMode && { mode: octalMode }),
        pieces: new Set([...folder.pieces, command.piece]),
      });
    else if (nodes.length > 0) nodes.forEach((one) => changeMode(command, one, octalMode));
    else if (
      !stage.files.unpacked.some(({ folder: one, download }) =>
        path.startsWith(one) ? download.pieces.add(command.piece) : undefined,
      )
    )
      findings.left(
        command.piece,
        `"${text}" is not known to be made by this Dockerfile`,
        'Use "directories", "modes" or rootfs/ of image.json for permissions.',
      );
  }
  return {};
};

function changeMode({ reading, piece }: ShellCommand, path: string, mode: string | undefined): void {
  const { files } = reading.stage;
  const node = files.get(path);
  if (node) files.write(path, withPiece({ ...node, ...(mode !== undefined && { mode }) }, piece));
}

/** chown: layers hold files of rootfs/ as root's. */
export const chown: Handler = ({ args, reading, piece }) => {
  const { stage, findings } = reading;
  const [owner, ...paths] = args.filter(({ text }) => !text.startsWith('-'));
  if (!owner || paths.length === 0) return undefined;
  for (const { text } of paths) {
    const path = stage.path(text);
    const folder = stage.files.folders.get(path);
    const node = stage.files.get(path);
    if (folder)
      stage.files.folders.set(path, {
        ...folder,
        owner: owner.text,
        pieces: new Set([...folder.pieces, piece]),
      });
    else if (isHomeOf(stage, owner.text, path)) findings.needless(piece, "a user's home is the user's");
    else if (node && /^(?:root|0)(?::(?:root|0)?)?$/.test(owner.text))
      findings.needless(piece, "files of layers are root's");
    else if (node && 'download' in node.content) node.content.download.pieces.add(piece);
    else
      findings.left(
        piece,
        `files of rootfs/ are root's, and so is what the image has below ${text}`,
        'Name a folder in "directories" with uid and gid, if the user has to write there.',
      );
  }
  return {};
};

/** Whether a path is the home of a user that the Dockerfile makes, named as chown(1) does: "ci", "1001:1001". */
function isHomeOf({ users }: ShellCommand['reading']['stage'], owner: string, path: string): boolean {
  const [name] = owner.split(':');
  return users.some(
    ({ value }) =>
      (value.name === name || String(value.uid) === name) && path === (value.home ?? `/home/${value.name}`),
  );
}

/** What "chmod +x" makes of a new file. */
function symbolic(text: string): string | undefined {
  return /^[augo]*\+[rw]*x$/.test(text) ? '0755' : undefined;
}
