import { fail, ok, type Result } from '@image-tooling/model';
import { copyBetween, parsePlace, type Copied, type CopyRequest } from '@image-tooling/pipeline';
import { bytesText, timeText } from '../../display';
import { said, type Command, type CommandRun } from '../../command/command';
import { accessOf } from './access';

/** Copies an image with everything attached to it. */
export const copy: Command = {
  flags: ['plain-http'],
  async run(run) {
    const places = placesIn(run);
    if (!places.ok) return places;
    const copied = await copyBetween(places.value, accessOf(run));
    return copied.ok ? said(copiedLines(copied.value)) : copied;
  },
};

function placesIn({ given: { positional }, cwd }: CommandRun): Result<CopyRequest> {
  const [first, second, ...more] = positional;
  if (first === undefined || second === undefined || more.length > 0)
    return fail({
      code: 'usage',
      message: `"registry copy" takes a source and a target; got ${positional.length}.`,
      hint: 'Write: image-tooling registry copy registry.example/team/name:1.2.3 oci:folder',
    });
  const from = parsePlace(first, cwd);
  const to = parsePlace(second, cwd);
  if (from.ok && to.ok) return ok({ from: from.value, to: to.value });
  const [failure, ...others] = [from, to].flatMap((place) => (place.ok ? [] : place.failures));
  if (!failure) throw new Error('neither a place nor a failure');
  return fail(failure, ...others);
}

function copiedLines({ from, to, root, tag, tagged, manifests, blobs, seconds }: Copied): string[] {
  const put = manifests.filter(({ how }) => how === 'pushed').length;
  const tagWords = { same: 'was up to date', created: 'is new', moved: 'was moved', none: '' }[tagged];
  return [
    '',
    `Copied ${from}`,
    `    to ${to}  in ${timeText(seconds * 1000)}`,
    `  digest     ${root.digest}`,
    `  manifests  ${put} sent, ${manifests.length - put} already there`,
    `  blobs      ${blobs.length === 0 ? 'none missing' : blobWords(blobs)}`,
    ...(tag === undefined ? [] : [`  tag        ${tag} ${tagWords}`]),
  ];
}

const HOW = [
  ['pushed', 'sent'],
  ['mounted', 'mounted'],
  ['present', 'already there'],
] as const;

/** Counts a blob that several platforms share once. */
function blobWords(blobs: Copied['blobs']): string {
  const once = blobs.filter(({ digest }, at) => blobs.findIndex((one) => one.digest === digest) === at);
  const words = HOW.flatMap(([how, word]) => {
    const some = once.filter((blob) => blob.how === how);
    const bytes = some.reduce((sum, { size }) => sum + size, 0);
    return some.length === 0 ? [] : [`${some.length} ${word} (${bytesText(bytes)})`];
  });
  return words.join(', ');
}
