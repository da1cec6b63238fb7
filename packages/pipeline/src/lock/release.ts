import {
  bottomOf,
  fail,
  ok,
  type BaseLock,
  type Image,
  type Result,
  type Workspace,
} from '@image-tooling/model';

/**
 * Returns the Debian release of an image's packages; undefined if it installs nothing. `bases`: its
 * `from.registry` for each platform. Fails with `base-unusable` if packages or users are requested on a
 * system that can't have them.
 */
export function releaseOf(
  workspace: Workspace,
  image: Image,
  bases: readonly BaseLock[],
): Result<string | undefined> {
  const bottom = bottomOf(image);
  const { from } = bottom.definition;
  if ('debian' in from) return ok(from.debian);
  const found = bottom === image ? bases : lockedBases(bottom);
  const reason = found.map((base) => whyNot(base, workspace, bottom)).find((text) => text !== undefined);
  if (reason === undefined) return ok(found[0]?.os?.codename);
  if (!asksForSystem(image)) return ok(undefined);
  return fail({
    code: 'base-unusable',
    message: `"${image.name}" asks for ${askedText(image)}, but ${reason.why}.`,
    hint: reason.hint,
    place: { file: image.document.file },
  });
}

function lockedBases({ lock }: Image): BaseLock[] {
  return Object.values(lock?.value.platforms ?? {}).flatMap(({ base }) => base ?? []);
}

function asksForSystem({ definition: { packages, users } }: Image): boolean {
  return packages.length + users.length > 0;
}

function askedText({ definition: { packages, users } }: Image): string {
  const names = packages.length > 0 ? `packages (${packages.join(', ')})` : '';
  return [names, users.length > 0 ? 'users' : ''].filter(Boolean).join(' and ');
}

interface Reason {
  readonly why: string;
  readonly hint: string;
}

function whyNot({ os, apt, reference }: BaseLock, workspace: Workspace, bottom: Image): Reason | undefined {
  const name = reference.split('@')[0] ?? reference;
  if (!apt)
    return {
      why: `${name} has no dpkg, apt and useradd in it`,
      hint: 'Add programs as tools and files, or use a base with apt.',
    };
  if (os?.id !== 'debian' || os.codename === undefined)
    return {
      why: `${name} is ${os ? `"${os.id}"` : 'an unknown system'}, not Debian: the keys of its archive are unknown`,
      hint: 'Use a Debian base, or add programs as tools and files.',
    };
  const other = otherRelease(workspace, bottom, os.codename);
  if (other === undefined) return undefined;
  return { why: `${name} is Debian ${os.codename}, and ${other}`, hint: ONE_RELEASE };
}

const ONE_RELEASE =
  'All images of a workspace are based on one release: use a base of that release, or move the image to another workspace.';

/** Returns another bottom image that is based on another release. */
function otherRelease({ images }: Workspace, bottom: Image, codename: string): string | undefined {
  for (const other of images.values()) {
    const release = other === bottom || other.parent ? undefined : releaseAt(other);
    if (release !== undefined && release !== codename) return `"${other.name}" is based on Debian ${release}`;
  }
  return undefined;
}

function releaseAt(image: Image): string | undefined {
  const { from } = image.definition;
  if ('debian' in from) return from.debian;
  const base = lockedBases(image)[0];
  return base?.apt && base.os?.id === 'debian' ? base.os.codename : undefined;
}
