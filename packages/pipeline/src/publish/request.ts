/** What a publish is asked for on the command line. */
export interface PublishRequest {
  readonly name: string;
  /** `x.y.z`, handed in by a release run. */
  readonly release?: string;
  /** Default: what CI's environment says, else the branch that is checked out. */
  readonly branch?: string;
  /** Make the reads, print the writes. */
  readonly dryRun: boolean;
  /** Publish a branch image with uncommitted inputs. */
  readonly allowDirty: boolean;
}
