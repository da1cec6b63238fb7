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

/** Writes of an index that others write too: another's may always come between our read and our write. */
const TRIES = 10;

/**
 * Enters a referrer into the index of the fallback tag: read, write, read back, until it is in it. One writer at a
 * time, as far as `options.exclusive` reaches. Throws a `Fault`.
 */
export async function enterIntoFallback(context: Context, link: SubjectLink): Promise<void> {
  const { exclusive = exclusiveHere } = context.options;
  const name = `referrers of ${repositoryText(context.name)}@${link.subject}`;
  valueOf(await exclusive(name, () => caught(name, () => enter(context, link))));
}

async function enter(context: Context, link: SubjectLink): Promise<void> {
  await retry(
    (tries) => enterOnce(context, link, tries),
    (isEntered, tries) => (isEntered ? undefined : tries === 1 ? 0 : pauseSeconds(context, tries - 1)),
    context.options.signal,
  );
}

/** Whether the referrer is in the index; where it is not, writes it, for the next try to read back. */
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

/** Registries refuse an index that lists a manifest which was deleted: such rows go. */
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
    message: `What was attached to ${subject} in ${repositoryText(name)} did not stay: ${TRIES} times another entry took its place.`,
    hint: 'Others attach to the same image at this moment, or the registry keeps no tags: run it again.',
  });
}
