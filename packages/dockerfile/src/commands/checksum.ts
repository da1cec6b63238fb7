import type { Handler, ShellCommand } from './command';

const LINE = /^([0-9a-f]{64})[ *]+(\S+)\s*$/gim;
/** Why a checksum or a signature of a download is not needed. */
export const CHECKED_BY_LOCK = 'downloads are compared with the sha256 in lock.json';

/** Reads "sha256sum -c" and similar programs, and notes the checksums of downloads. */
export const checksum: Handler = (command) => {
  const { findings, stage } = command.reading;
  const text = textOf(command);
  const found = [...(text ?? '').matchAll(LINE)].flatMap(([, sha256, file]) => {
    const content = stage.files.get(stage.path(file!))?.content;
    return content?.kind === 'download'
      ? [{ download: content.download, sha256: sha256!.toLowerCase() }]
      : [];
  });
  for (const { download, sha256 } of found) {
    download.sha256 = sha256;
    download.pieces.add(command.piece);
  }
  if (found.length === 0) findings.notNeeded(command.piece, CHECKED_BY_LOCK);
  return {};
};

function textOf({ stdin, args, reading }: ShellCommand): string | undefined {
  if (stdin.kind === 'text') return stdin.text;
  const file = args.find(({ text }) => !text.startsWith('-'));
  const content = file && reading.stage.files.get(reading.stage.path(file.text))?.content;
  return content?.kind === 'text' ? content.text : undefined;
}
