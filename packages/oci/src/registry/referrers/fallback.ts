import { caught, Fault, retry, valueOf } from '@image-tooling/host';
import type { Digest } from '@image-tooling/model';
import { pauseSeconds } from '../transport/retry-faults';
import { Refusal } from '../answers/refusal';
import type { Context } from '../context';
import { headManifest } from '../manifests/read';
import { writeManifest } from '../manifests/write';
import type { Referrer } from '../port';
import { repositoryText } from '../reference';
import { exclusiveHere } from './exclusive';
import { fallbackIndex, merged } from './index-manifest';
import { fallbackReferrers, fallbackTag } from './list';
import type { SubjectLink } from './subject';

/** Attempts to write an index that others write too: another write can happen between our read and our write. */
const TRIES = 10;

/**
 * Adds a referrer to the index of the fallback tag: reads, writes and reads again until it is listed. One writer at a
 * time, as far as `options.exclusive` reaches. Throws a `Fault`.
 */
export async function enterIntoFallback(context: Context, link: SubjectLink): Promise<void> {
  await alone(context, link.subject, () => enter(context, link));
}

/** Removes referrers from the index of the fallback tag; does nothing without one. Throws a `Fault`. */
export async function removeFromFallback(
  context: Context,
  subject: Digest,
  removed: ReadonlySet<Digest>,
): Promise<void> {
  await alone(context, subject, async () => {
    const present = (await fallbackReferrers(context, subject)) ?? [];
    const rest = present.filter(({ digest }) => !removed.has(digest));
    if (rest.length < present.length) await write(context, subject, rest);
  });
}

/** One writer of the index at a time. */
async function alone(context: Context, subject: Digest, work: () => Promise<void>): Promise<void> {
  const { exclusive = exclusiveHere } = context.options;
  const name = `referrers of ${repositoryText(context.name)}@${subject}`;
  valueOf(await exclusive(name, () => caught(name, work)));
}

async function enter(context: Context, link: SubjectLink): Promise<void> {
  await retry(
    (tries) => enterOnce(context, link, tries),
    (isEntered, tries) => (isEntered ? undefined : tries === 1 ? 0 : pauseSeconds(context, tries - 1)),
    context.options.signal,
  );
}

/** Whether the referrer is in the index. If not, writes it; the next attempt checks it. */
async function enterOnce(
  context: Context,
  { subject, referrer }: SubjectLink,
  tries: number,
): Promise<boolean> {
  const present = (await fallbackReferrers(context, subject)) ?? [];
  if (present.some(({ digest }) => digest === referrer.digest)) return true;
  if (tries > TRIES) throw notKept(context, subject);
  await write(context, subject, merged(present, [referrer]));
  return context.options.dryRun === true;
}

/** Drops rows of deleted manifests: registries refuse an index that lists them. */
async function write(context: Context, subject: Digest, referrers: readonly Referrer[]): Promise<void> {
  const tag = fallbackTag(subject);
  try {
    await writeManifest(context, fallbackIndex(referrers), tag);
  } catch (error) {
    if (!(error instanceof Refusal) || ![400, 404].includes(error.status)) throw error;
    const living: Referrer[] = [];
    for (const referrer of referrers) if (await headManifest(context, referrer.digest)) living.push(referrer);
    if (living.length === referrers.length) throw error;
    await writeManifest(context, fallbackIndex(living), tag);
  }
}

function notKept({ name }: Context, subject: Digest): Fault {
  return new Fault({
    code: 'registry-refused',
    message: `The attachment to ${subject} in ${repositoryText(name)} was not kept: another entry replaced it ${TRIES} times.`,
    hint: 'Others attach to the same image at the same time, or the registry keeps no tags: run it again.',
  });
}
