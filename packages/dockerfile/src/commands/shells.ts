import type { Handler } from '../shell/command';

/** A shell that is given a script. */
export const shell: Handler = ({ reading, piece, stdin, args, name }) => {
  const { findings, stage } = reading;
  const file = args.find(({ text }) => !text.startsWith('-'));
  const content = file && stage.files.get(stage.path(file.text))?.content;
  const download =
    stdin.kind === 'download' ? stdin.download : content?.kind === 'download' ? content.download : undefined;
  if (download) {
    stage.fetched.scripts.add(download);
    findings.left(
      piece,
      `${name} runs a script from the network`,
      'See what it installs: a Debian package ("packages"), or a tool ("npx nx g @image-tooling/nx:tool").',
    );
  } else
    findings.left(
      piece,
      'it runs a script, and nothing runs while an image is made but apt',
      'Put the files that it makes into rootfs/.',
    );
  return {};
};
