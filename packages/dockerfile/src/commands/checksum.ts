import type { Handler, ShellCommand } from '../shell/command';
import { masked } from '../read/secrets';

const LINE = /^([0-9a-f]{64})[ *]+(\S+)\s*$/gim;
const CHECKED = 'what is fetched is held to the sha256 in lock.json';

/** sha256sum -c and its like: what a download must be. */
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
  if (found.length === 0) findings.needless(command.piece, masked(CHECKED));
  return {};
};

function textOf({ stdin, args, reading }: ShellCommand): string | undefined {
  if (stdin.kind === 'text') return stdin.text;
  const file = args.find(({ text }) => !text.startsWith('-'));
  const content = file && reading.stage.files.get(reading.stage.path(file.text))?.content;
  return content?.kind === 'text' ? content.text : undefined;
}
