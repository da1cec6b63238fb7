import * as z from 'zod';
import { isGoVersion, isModuleVersion } from '../module-version';
import { byteCount, debianPackage, digest, epochSeconds, platform, sha256, textLike } from './fields';

const lockVersion = z.literal(1);

/** A package file of a Debian archive, with what is needed to fetch and verify it. */
const lockedDeb = z.strictObject({
  name: debianPackage,
  version: textLike(/^(?:[0-9]+:)?[0-9A-Za-z][0-9A-Za-z.+~-]*$/, 'a Debian version', 'Debian version.'),
  architecture: textLike(/^(?:amd64|arm64|all)$/, 'amd64, arm64 or all', 'Debian architecture.'),
  /** Which archive of archive.lock.json has it. */
  archive: z.string().min(1),
  /** Below the archive's root; `Filename` of its Packages file. */
  path: textLike(/^(?!\/)(?!(?:.*\/)?\.{1,2}\/)[\x21-\x7e]+\.deb$/, 'a path below the archive', 'Path.'),
  size: byteCount,
  sha256,
});

/** One platform of a registry image: all that a plan needs without asking the registry. */
const baseLock = z.strictObject({
  /** `from.registry` of image.json when it was locked. */
  reference: z.string().min(1),
  /** Of the platform's manifest. */
  manifest: digest,
  config: digest,
  /** When it was made, as its config says; seconds since the epoch. */
  time: epochSeconds,
  /** Bottom first. Blobs are kept as they are. */
  layers: z.array(
    z.strictObject({
      mediaType: z.string().min(1),
      digest,
      /** Bytes of the blob. */
      size: byteCount,
      diffId: digest,
      /** Bytes of the tar. */
      tarSize: byteCount,
    }),
  ),
  inherited: z.strictObject({
    env: z.record(z.string(), z.string()),
    entrypoint: z.array(z.string()),
    cmd: z.array(z.string()),
    user: z.string().optional(),
    workdir: z.string().optional(),
  }),
  /** ID and VERSION_CODENAME of its os-release(5). */
  os: z.strictObject({ id: z.string(), codename: z.string().optional() }).optional(),
  /** Whether dpkg and apt are in it, and dpkg's record of what is installed. */
  apt: z.boolean(),
  /**
   * The installed packages in dpkg's records: `var/lib/dpkg/status`, or `status.d` of images without dpkg.
   */
  packages: z.array(z.strictObject({ name: z.string(), version: z.string(), architecture: z.string() })),
});

const platformLock = z.strictObject({
  /** The packages digest of the parent's chain that it was resolved on. Absent on Debian itself. */
  on: digest.optional(),
  base: baseLock.optional(),
  /**
   * The state of the archive that it was resolved in, by its id in archive.lock.json. Absent if nothing comes
   * from an archive, and in locks of the first format.
   */
  state: digest.optional(),
  /** Newest modification time of the layers, in seconds since the epoch. */
  time: epochSeconds,
  /** `packages` of image.json when it was resolved. */
  requested: z.array(debianPackage).optional(),
  bootstrap: z.array(lockedDeb).optional(),
  packages: z.array(lockedDeb),
});

/** The content of images/<name>/lock.json. */
export const imageLockSchema = z.strictObject({
  lockVersion,
  platforms: z.partialRecord(platform, platformLock),
});

const wheel = z.strictObject({ sha256 });

const goLock = z.looseObject({
  module: z.string().min(1),
  /** As Go writes it, with its "v". */
  version: z.string().min(1),
  /** Of the version, in seconds since the epoch. */
  time: epochSeconds,
  commit: textLike(/^[0-9a-f]{40}$/, 'a commit of 40 hexadecimal digits', 'Commit.').optional(),
  toolchain: z.string().refine(isGoVersion, { error: 'a version of Go' }).optional(),
  /** The wheels of its toolchain, if that is newer than the pinned one. */
  wheels: z.strictObject({ amd64: wheel, arm64: wheel }).optional(),
  /** Of what it was resolved from. */
  definition: digest.optional(),
  /** Modules that must have at least a version: upstream asks for an older one. */
  raised: z
    .record(z.string(), z.string().refine(isModuleVersion, { error: 'the version of a Go module' }))
    .optional(),
});

const releaseLock = z.strictObject({ url: z.string().min(1), sha256, size: byteCount.optional() });

/** An npm package file, by name and hashes; npm's configuration decides the registry. */
const lockedNpm = z.strictObject({
  package: textLike(
    /^(?:@[a-z0-9~][a-z0-9._~-]*\/)?[A-Za-z0-9~][A-Za-z0-9._~-]*$/,
    'the name of an npm package',
    'Name.',
  ),
  version: z.string().min(1),
  integrity: textLike(/^sha512-[A-Za-z0-9+/]{86}==$/, '"sha512-" and 88 characters of base64', 'Hash.'),
  sha256,
  size: byteCount,
});

/** With the packages that replace older ones which it bundles. */
const npmLock = lockedNpm.extend({ raised: z.array(lockedNpm).optional() });

/**
 * With the time of the archive state that it was resolved in, in seconds since the epoch, for the snapshot
 * archive.
 */
const toolDeb = lockedDeb.extend({ time: epochSeconds });

/** The content of tools/<name>/lock.json. */
export const toolLockSchema = z.strictObject({
  lockVersion,
  /** The version of tool.json that was resolved. */
  version: z.string().min(1),
  time: epochSeconds.optional(),
  go: goLock.optional(),
  release: z.partialRecord(platform, releaseLock).optional(),
  npm: z.partialRecord(platform, npmLock).optional(),
  deb: z.partialRecord(platform, toolDeb).optional(),
});

export type LockedDeb = z.output<typeof lockedDeb>;
export type BaseLock = z.output<typeof baseLock>;
export type PlatformLock = z.output<typeof platformLock>;
export type ImageLock = z.output<typeof imageLockSchema>;
export type ToolLock = z.output<typeof toolLockSchema>;
export type GoLock = z.output<typeof goLock>;
export type ReleaseLock = z.output<typeof releaseLock>;
export type NpmLock = z.output<typeof npmLock>;
export type ToolDebLock = z.output<typeof toolDeb>;
