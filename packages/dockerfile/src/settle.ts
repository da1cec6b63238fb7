import type { Download } from './files';
import type { Findings } from './findings';
import type { Stage } from './stage';
import type { Outcome } from './types';
import type { Readings } from './tools/propose';

/** Addresses of checksums and signatures. */
const SIGNATURE =
  /(?:sha\d+(?:sums?)?(?:\.txt)?|checksums?(?:\.txt)?|\.asc|\.sig|\.pem|\.minisig)(?:[?#].*)?$/i;
const KEY_FOLDER = /^\/(?:etc\/apt|usr\/share\/keyrings)\//;

/** Says of everything that was fetched and became no tool what is to be done about it. */
export function settleDownloads(readings: Readings, findings: Findings): void {
  for (const stage of [readings.amd64, readings.arm64])
    for (const download of stage.fetched.downloads)
      for (const piece of download.pieces)
        if (!findings.has(piece)) findings.add(piece, outcomeOf(download, stage));
}

function outcomeOf(download: Download, stage: Stage): Outcome {
  const { fetched, files } = stage;
  const path = [...files.nodes].find(
    ([, { content }]) => 'download' in content && content.download === download,
  )?.[0];
  const tree = files.unpacked.find((one) => one.download === download);
  if (fetched.keys.has(download) || (path !== undefined && KEY_FOLDER.test(path)))
    return left(
      'it fetches the key of an archive',
      `Save ${download.url} as trust/<archive>/key.asc, and name that folder in "keys" of the archive in nx.json.`,
    );
  if (fetched.scripts.has(download))
    return left(
      'it fetches a script that is run',
      'See what the script installs: a Debian package, or a tool.',
    );
  if (SIGNATURE.test(download.url))
    return { kind: 'needless', why: 'what is fetched is held to the sha256 in lock.json' };
  if (tree)
    return left(
      `it unpacks a whole archive into ${tree.folder}`,
      'If single files of it will do, write a tool with their paths in "files"; else take a Debian package of it.',
    );
  if (path !== undefined)
    return left(
      `it puts ${path} there, which is no place of a tool`,
      'Tools have files below /usr/local: write a tool, or put the file into rootfs/.',
    );
  if (/\.deb(?:$|\?)/.test(download.url))
    return left('it fetches a package file', 'See what becomes of the package file.');
  return left(
    'what it fetches is put nowhere that is known',
    'If it is a program, write a tool: "npx nx g @image-tooling/nx:tool".',
  );
}

function left(why: string, todo: string): Outcome {
  return { kind: 'left', why, todo };
}
