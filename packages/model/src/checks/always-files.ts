import { ALWAYS_GROUP } from './always';
import { DEBIAN_SETUID } from './debian-setuid';
import { findFile } from './find-file';
import { leftovers } from './leftovers';
import { modeText, ownFiles, type Files, type ListedFile } from './listing';
import type { CheckInput, CheckOutcome } from './types';
import { counted } from './words';

/** setuid and setgid, of which a program takes another user's or group's rights (inode(7)). */
const SET_ID = 0o6000;
const STICKY = 0o1000;
const OTHERS_WRITE = 0o002;
/** Paths of a failure that are shown; the rest are counted. */
const MOST_SHOWN = 20;

/** What the files of every image must hold. */
export function judgeAlwaysFiles(input: CheckInput, files: Files): CheckOutcome[] {
  const own = ownFiles(files);
  return [judgeSetuid(input, files, own), judgeWorldWritable(own), judgeLeftovers(input, own)];
}

function judgeSetuid({ image, setuid }: CheckInput, files: Files, own: readonly ListedFile[]): CheckOutcome {
  const debian = Object.values(DEBIAN_SETUID).flat();
  const allowed = new Set([...debian, ...setuid.map((path) => findFile(files, path)?.path ?? path)]);
  const found = own.filter(({ type, mode, path }) => type === 'f' && mode & SET_ID && !allowed.has(path));
  return judged(found.map(withMode), {
    id: 'always/setuid',
    title: "no setuid or setgid file beyond Debian's own and those allowed",
    noun: 'setuid or setgid file',
    problem: 'not allowed',
    hint: `Take the bit away, or name the file in "setuid" of ${image}'s image.json.`,
  });
}

function judgeWorldWritable(own: readonly ListedFile[]): CheckOutcome {
  const found = own.filter(({ type, mode }) => type === 'd' && mode & OTHERS_WRITE && !(mode & STICKY));
  return judged(found.map(withMode), {
    id: 'always/world-writable',
    title: 'no folder that everybody may write to without the sticky bit',
    noun: 'folder',
    problem: 'writable by everybody without the sticky bit: anybody may replace what others put there',
    hint: 'Give it the mode 1777 or 0755: "directories" of image.json sets it.',
  });
}

function judgeLeftovers({ config }: CheckInput, own: readonly ListedFile[]): CheckOutcome {
  const kinds = leftovers(['/root', ...(config.env['HOME'] ? [config.env['HOME']] : [])]);
  const found = own.flatMap((file) => {
    const kind = isLeft(file) ? kinds.find(({ pattern }) => pattern.test(file.path)) : undefined;
    return kind ? [`${file.path}: ${kind.reason}`] : [];
  });
  return judged(found, {
    id: 'always/leftovers',
    title: 'no leftover caches, package lists, downloads or temporary files',
    noun: 'leftover file',
    problem: 'of no use in an image',
    hint: 'Remove it where it is made: the rootfs folder, the package, or the layer of the tool.',
  });
}

/** Folders only count where they are temporary: package managers own those that their caches lie in. */
function isLeft({ type, path }: ListedFile): boolean {
  return type !== 'd' || /^\/(?:var\/)?tmp\//.test(path);
}

function withMode({ path, mode, user, group }: ListedFile): string {
  return `${path} (${modeText(mode)}, ${user}:${group})`;
}

interface Words {
  readonly id: string;
  readonly title: string;
  readonly noun: string;
  readonly problem: string;
  readonly hint: string;
}

function judged(found: readonly string[], { id, title, noun, problem, hint }: Words): CheckOutcome {
  const expected = `no ${noun}`;
  const actual = counted(found.length, noun);
  const outcome = { id, group: ALWAYS_GROUP, title, passed: found.length === 0, expected, actual };
  if (outcome.passed) return outcome;
  const more = found.length - MOST_SHOWN;
  return {
    ...outcome,
    message: `${actual}, ${problem}: ${found[0]}${found.length > 1 ? ' …' : ''}`,
    hint,
    output: [...found.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])],
  };
}
