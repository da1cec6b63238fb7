import type { Handler, ShellCommand } from './command';
import { octal, withPiece } from './file-nodes';

/** Reads chmod, for files that come from the Dockerfile. */
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
      findings.notImported(
        command.piece,
        `it is unknown where "${text}" comes from`,
        'Set permissions with "directories" or "modes" of image.json, or in rootfs/.',
      );
  }
  return {};
};

function changeMode({ reading, piece }: ShellCommand, path: string, mode: string | undefined): void {
  const { files } = reading.stage;
  const node = files.get(path);
  if (node) files.write(path, withPiece({ ...node, ...(mode !== undefined && { mode }) }, piece));
}

/** Reads chown. Files in layers belong to root. */
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
    else if (isHomeOf(stage, owner.text, path))
      findings.notNeeded(piece, 'a home folder belongs to its user');
    else if (node && /^(?:root|0)(?::(?:root|0)?)?$/.test(owner.text))
      findings.notNeeded(piece, 'files in layers belong to root');
    else if (node && 'download' in node.content) node.content.download.pieces.add(piece);
    else
      findings.notImported(
        piece,
        `files in rootfs/ belong to root, and so does everything below ${text}`,
        'If the user must write there, add the folder to "directories" with uid and gid.',
      );
  }
  return {};
};

/** Returns whether a path is the home of a user that the Dockerfile creates; `owner` as in chown(1): "ci", "1001:1001". */
function isHomeOf({ users }: ShellCommand['reading']['stage'], owner: string, path: string): boolean {
  const [name] = owner.split(':');
  return users.some(
    ({ value }) =>
      (value.name === name || String(value.uid) === name) && path === (value.home ?? `/home/${value.name}`),
  );
}

/** Returns the mode that "chmod +x" gives a new file. */
function symbolic(text: string): string | undefined {
  return /^[augo]*\+[rw]*x$/.test(text) ? '0755' : undefined;
}
