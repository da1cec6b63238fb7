import type { FileNode } from '../files';
import type { Findings } from '../findings';
import { masked } from '../read/secrets';
import type { Stage } from '../stage';
import type { ProposedFile } from '../types';

/** What of an image.json says which files it has. */
export interface ProposedFiles {
  readonly files: readonly ProposedFile[];
  readonly modes: Readonly<Record<string, string>>;
}

/** Folders that every Debian has, and those of packages: they are not declared again. */
const SCRATCH = /^\/(?:tmp|var\/tmp)(?:\/|$)/;

const KEPT_ASIDE = 'Give it to the container when it starts; everybody can read an image.';

/** The files that the last stage has of its own. */
export function proposeFiles(stage: Stage, findings: Findings): ProposedFiles {
  const own = [...stage.files.nodes].flatMap(([path, node]) => ownFile(path, node) ?? []);
  const kept = own.filter((file) => !isKeptAside(file, findings));
  kept.forEach((file) => tell(file, findings));
  const modes = kept.filter(({ mode, executable }) => mode !== undefined && mode !== usualMode(executable));
  return {
    files: kept.map(({ file }) => file),
    modes: Object.fromEntries(modes.map(({ path, mode }) => [path, mode!])),
  };
}

/** A file of the last stage that comes of the Dockerfile itself, or of its folder. */
interface OwnFile {
  readonly path: string;
  readonly file: ProposedFile;
  readonly mode: string | undefined;
  readonly executable: boolean;
  readonly owner: string | undefined;
  readonly pieces: FileNode['pieces'];
}

function ownFile(path: string, { content, mode, owner, pieces }: FileNode): OwnFile | undefined {
  if (content.kind !== 'copied' && content.kind !== 'text') return undefined;
  const executable =
    mode === undefined ? content.kind === 'copied' && content.executable : isExecutable(mode);
  const bytes = content.kind === 'copied' ? { copyOf: content.source } : { content: content.text };
  return { path, file: { path, ...bytes, executable }, mode, executable, owner, pieces };
}

function isKeptAside({ path, file, pieces }: OwnFile, findings: Findings): boolean {
  const isSecret = 'content' in file && masked(file.content) !== file.content;
  if (SCRATCH.test(path))
    pieces.forEach((piece) => findings.needless(piece, 'it is scratch space of the build'));
  else if (isSecret)
    pieces.forEach((piece) => findings.left(piece, `${path} seems to hold a secret`, KEPT_ASIDE));
  return SCRATCH.test(path) || isSecret;
}

function tell({ path, owner, pieces }: OwnFile, findings: Findings): void {
  for (const piece of pieces) {
    findings.carried(piece, `rootfs${path}`);
    if (owner !== undefined) findings.ask(piece.line, `${path}: ${notTheirs(owner)}`);
  }
}

function notTheirs(owner: string): string {
  return `files of rootfs/ are root's, not ${owner}'s. Everybody may read them; a folder that the user writes to goes into "directories".`;
}

function usualMode(executable: boolean): string {
  return executable ? '0755' : '0644';
}

function isExecutable(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o111) !== 0;
}
