import type { Handler } from './command';

/** Reads a shell that runs a script. */
export const shell: Handler = ({ reading, piece, stdin, args, name }) => {
  const { findings, stage } = reading;
  const file = args.find(({ text }) => !text.startsWith('-'));
  const content = file && stage.files.get(stage.path(file.text))?.content;
  const download =
    stdin.kind === 'download' ? stdin.download : content?.kind === 'download' ? content.download : undefined;
  if (download) {
    stage.downloads.scripts.add(download);
    findings.notImported(
      piece,
      `${name} runs a downloaded script`,
      'Find out what it installs, and add a Debian package to "packages" or write a tool ("npx nx g @image-tooling/nx:tool").',
    );
  } else
    findings.notImported(
      piece,
      'it runs a script, but only apt runs while an image is built',
      'Add the files that it writes to rootfs/.',
    );
  return {};
};
