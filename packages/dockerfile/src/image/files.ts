import type { FileNode } from '../state/files';
import type { Findings } from '../state/findings';
import { masked } from '../read/secrets';
import type { Stage } from '../state/stage';
import type { ProposedFile } from '../state/types';

/** The files of an image, and `modes` of image.json. */
export interface ProposedFiles {
  readonly files: readonly ProposedFile[];
  readonly modes: Readonly<Record<string, string>>;
}

const TEMPORARY = /^\/(?:tmp|var\/tmp)(?:\/|$)/;

const SECRET_ADVICE = 'Pass it to the container when it starts: anyone can read an image.';

/** Returns the files that the last stage gets from the Dockerfile or its folder. */
export function proposeFiles(stage: Stage, findings: Findings): ProposedFiles {
  const own = [...stage.files.nodes].flatMap(([path, node]) => ownFile(path, node) ?? []);
  const kept = own.filter((file) => !isLeftOut(file, findings));
  kept.forEach((file) => reportFile(file, findings));
  const modes = kept.filter(({ mode, executable }) => mode !== undefined && mode !== usualMode(executable));
  return {
    files: kept.map(({ file }) => file),
    modes: Object.fromEntries(modes.map(({ path, mode }) => [path, mode!])),
  };
}

/** A file of the last stage with text in the Dockerfile, or copied from its folder. */
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

function isLeftOut({ path, file, pieces }: OwnFile, findings: Findings): boolean {
  const isSecret = 'content' in file && masked(file.content) !== file.content;
  if (TEMPORARY.test(path)) pieces.forEach((piece) => findings.notNeeded(piece, 'it is a temporary file'));
  else if (isSecret)
    pieces.forEach((piece) =>
      findings.notImported(piece, `${path} seems to contain a secret`, SECRET_ADVICE),
    );
  return TEMPORARY.test(path) || isSecret;
}

function reportFile({ path, owner, pieces }: OwnFile, findings: Findings): void {
  for (const piece of pieces) {
    findings.imported(piece, `rootfs${path}`);
    if (owner !== undefined) findings.ask(piece.line, `${path}: ${ownerAdvice(owner)}`);
  }
}

function ownerAdvice(owner: string): string {
  return `files in rootfs/ belong to root, not to ${owner}, and anyone can read them. If the user must write to a folder, add it to "directories".`;
}

function usualMode(executable: boolean): string {
  return executable ? '0755' : '0644';
}

function isExecutable(mode: string): boolean {
  return (Number.parseInt(mode, 8) & 0o111) !== 0;
}
