import { CHECKED_BY_LOCK } from './commands/checksum';
import type { Download } from './state/files';
import type { Findings } from './state/findings';
import type { Stage } from './state/stage';
import type { Outcome } from './state/types';
import type { Readings } from './tools/propose';

/** URLs of checksums and signatures. */
const SIGNATURE =
  /(?:sha\d+(?:sums?)?(?:\.txt)?|checksums?(?:\.txt)?|\.asc|\.sig|\.pem|\.minisig)(?:[?#].*)?$/i;
const KEY_FOLDER = /^\/(?:etc\/apt|usr\/share\/keyrings)\//;

/** Adds an outcome for each download that did not become a tool. */
export function reportOtherDownloads(readings: Readings, findings: Findings): void {
  for (const stage of [readings.amd64, readings.arm64])
    for (const download of stage.downloads.all)
      for (const piece of download.pieces)
        if (!findings.has(piece)) findings.add(piece, outcomeOf(download, stage));
}

function outcomeOf(download: Download, stage: Stage): Outcome {
  const { downloads, files } = stage;
  const path = [...files.nodes].find(
    ([, { content }]) => 'download' in content && content.download === download,
  )?.[0];
  const tree = files.unpacked.find((one) => one.download === download);
  if (downloads.keys.has(download) || (path !== undefined && KEY_FOLDER.test(path)))
    return notImported(
      'it downloads the key of an archive',
      `Save ${download.url} as trust/<archive>/key.asc, and set "keys" of the archive in nx.json to that folder.`,
    );
  if (downloads.scripts.has(download))
    return notImported(
      'it downloads a script that is run',
      'Find out what the script installs, and add a Debian package to "packages" or write a tool.',
    );
  if (SIGNATURE.test(download.url)) return { kind: 'notNeeded', why: CHECKED_BY_LOCK };
  if (tree)
    return notImported(
      `it unpacks a whole archive into ${tree.folder}`,
      'If single files of it are enough, write a tool with their paths in "files". Otherwise use its Debian package.',
    );
  if (path !== undefined)
    return notImported(
      `it downloads ${path}, where tools have no files`,
      'Tools have files below /usr/local. Write a tool, or add the file to rootfs/.',
    );
  if (/\.deb(?:$|\?)/.test(download.url))
    return notImported('it downloads a package file', 'See the line that installs the package file.');
  return notImported(
    'the use of the downloaded file is unknown',
    'If it is a program, write a tool: "npx nx g @image-tooling/nx:tool".',
  );
}

function notImported(why: string, todo: string): Outcome {
  return { kind: 'notImported', why, todo };
}
