import type { Findings, Piece } from '../findings';
import type { Stage } from '../stage';
import type { ProposedFile } from '../types';
import type { ProposedUsers } from './users';

/** What of an image.json says which files it has. */
export interface ProposedFiles {
  readonly files: readonly ProposedFile[];
  readonly modes: Readonly<Record<string, string>>;
  readonly directories: readonly object[];
}

/** Folders that every Debian has, and those of packages: they are not declared again. */
const SCRATCH = /^\/(?:tmp|var\/tmp)(?:\/|$)/;

/** The files and folders that the last stage has of its own. */
export function proposeFiles(stage: Stage, users: ProposedUsers['known'], findings: Findings): ProposedFiles {
  const own = [...stage.files.nodes].filter(
    ([, { content }]) => content.kind === 'copied' || content.kind === 'text',
  );
  const files: ProposedFile[] = [];
  const modes: Record<string, string> = {};
  for (const [path, node] of own) {
    const { content, mode, owner, pieces } = node;
    if (content.kind !== 'copied' && content.kind !== 'text') continue;
    if (SCRATCH.test(path)) {
      settle(pieces, findings, (piece) => findings.needless(piece, 'it is scratch space of the build'));
      continue;
    }
    const executable =
      mode === undefined ? content.kind === 'copied' && content.executable : isExecutable(mode);
    files.push(
      content.kind === 'copied'
        ? { path, copyOf: content.source, executable }
        : { path, content: content.text, executable },
    );
    if (mode !== undefined && mode !== (executable ? '0755' : '0644')) modes[path] = mode;
    settle(pieces, findings, (piece) => findings.carried(piece, `rootfs${path}`));
    if (owner !== undefined)
      for (const piece of pieces)
        findings.ask(
          piece.line,
          `${path}: files of rootfs/ are root's, not ${owner}'s. Everybody may read them; a folder that the user writes to goes into "directories".`,
        );
  }
  return { files, modes, directories: directoriesOf(stage, users, findings) };
}

function isExecutable(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o111) !== 0;
}

function settle(pieces: ReadonlySet<Piece>, _findings: Findings, outcome: (piece: Piece) => void): void {
  pieces.forEach(outcome);
}

function directoriesOf(stage: Stage, users: ProposedUsers['known'], findings: Findings): object[] {
  const workdir = stage.workdirs.at(-1);
  const homes = new Set(stage.users.map(({ value }) => value.home ?? `/home/${value.name}`));
  const declared = [...stage.files.folders]
    .filter(([path]) => !homes.has(path))
    .map(([path, { mode, owner, pieces }]) => {
      pieces.forEach((piece) => findings.carried(piece, `"directories" of image.json: ${path}`));
      return { path, mode: mode ?? '0755', ...owned(owner, users) };
    });
  for (const [path, { pieces }] of stage.files.folders)
    if (homes.has(path)) pieces.forEach((piece) => findings.carried(piece, `the home of a user: ${path}`));
  const isThere = !workdir || homes.has(workdir.value) || stage.files.isFolder(workdir.value);
  return isThere ? declared : [...declared, { path: workdir.value, mode: '0755' }];
}

/** "dev:dev", "1000:1000" in numbers; root's, where the name is not known. */
function owned(owner: string | undefined, users: ProposedUsers['known']): { uid?: number; gid?: number } {
  const [name = '', group] = (owner ?? '').split(':');
  const user = users.get(name);
  const uid = /^\d+$/.test(name) ? Number(name) : user?.uid;
  const gid =
    group !== undefined && /^\d+$/.test(group)
      ? Number(group)
      : (users.get(group ?? '')?.gid ?? (group === undefined ? undefined : user?.gid));
  return { ...(uid !== undefined && uid !== 0 && { uid }), ...(gid !== undefined && gid !== 0 && { gid }) };
}
