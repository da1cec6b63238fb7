import { DEBIAN_SETUID } from './debian-setuid';
import { findFile } from './find-file';
import { leftovers } from './leftovers';
import { modeText, ownFiles, type Files, type ListedFile } from './listing';
import { judgeOffenders } from './offenders';
import type { CheckInput, CheckOutcome } from './types';

/** setuid and setgid: such a program runs with the rights of its owner or group (inode(7)). */
const SET_ID = 0o6000;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;

/** Checks the files of an image for what must hold in every image. */
export function judgeAlwaysFiles(input: CheckInput, files: Files): CheckOutcome[] {
  const own = ownFiles(files);
  return [judgeSetuid(input, files, own), judgeWritable(input, own), judgeLeftovers(input, own)];
}

function judgeSetuid({ image, setuid }: CheckInput, files: Files, own: readonly ListedFile[]): CheckOutcome {
  const debian = Object.values(DEBIAN_SETUID).flat();
  const allowed = new Set([...debian, ...setuid.map((path) => findFile(files, path)?.path ?? path)]);
  const found = own.filter(({ type, mode, path }) => type === 'f' && mode & SET_ID && !allowed.has(path));
  const offence = {
    id: 'always/setuid',
    title: "setuid and setgid files are Debian's own or allowed",
    noun: 'setuid or setgid file',
    problem: `beyond Debian's own and those in "setuid"`,
    hint: `Remove the bit, or add the file to "setuid" in ${image}'s image.json.`,
  };
  return judgeOffenders(image, offence, found.map(withMode));
}

function judgeWritable({ image }: CheckInput, own: readonly ListedFile[]): CheckOutcome {
  const found = own.filter(({ type, mode }) => type === 'd' && mode & OTHERS_WRITE && !(mode & STICKY));
  const offence = {
    id: 'always/world-writable',
    title: 'world-writable folders have the sticky bit',
    noun: 'world-writable folder',
    problem: 'without the sticky bit',
    hint: 'Any user could replace other users\' files there. Set mode 1777 or 0755 in "directories" of image.json.',
  };
  return judgeOffenders(image, offence, found.map(withMode));
}

function judgeLeftovers({ image, config, base }: CheckInput, own: readonly ListedFile[]): CheckOutcome {
  const kinds = leftovers(['/root', config.env['HOME'] ?? '/root']);
  const found = own.filter(isNoFolderOfSystem).flatMap(({ path }) => {
    const kind = kinds.find(({ pattern }) => pattern.test(path));
    return kind && !base?.has(path) ? [`${path} (${kind.reason})`] : [];
  });
  const offence = {
    id: 'always/leftovers',
    title: 'no caches, package lists, downloads or temporary files are left',
    noun: 'file',
    problem: 'left over from its build',
    hint: 'Remove it where it is made: in the folder of added files, or in the layer of the tool.',
  };
  return judgeOffenders(image, offence, found);
}

/** Cache folders belong to packages; only in /tmp and /var/tmp is a folder a leftover, too. */
function isNoFolderOfSystem({ type, path }: ListedFile): boolean {
  return type !== 'd' || /^\/(?:var\/)?tmp\//.test(path);
}

function withMode({ path, mode, user, group }: ListedFile): string {
  return `${path} (${modeText(mode)}, ${user}:${group})`;
}
