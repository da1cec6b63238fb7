import type { VerifyMode } from './verify/verified';

/** The options of a publish. */
export interface PublishRequest {
  readonly name: string;
  /** `x.y.z`, set by a release run. */
  readonly release?: string;
  /** Default: from CI's environment, else the checked-out branch. */
  readonly branch?: string;
  /** Write the tag of the commit and leave `main` to the caller, who knows of newer commits. */
  readonly isPinned?: boolean;
  /** Only read, and print the writes. */
  readonly dryRun: boolean;
  /** Publish a branch image with uncommitted inputs. */
  readonly allowDirty: boolean;
  /** Publish a branch image without the signature that nx.json asks for. */
  readonly unsigned: boolean;
  /** How much to check in the registry before tags are written. */
  readonly verify: VerifyMode;
}
