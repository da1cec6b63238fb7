import { stringMembers, type Digest } from '@image-tooling/model';
import { BUILD_TYPE } from '../predicates/provenance';
import type { Statement } from '../statement/statement';
import { membersOf } from './members';

/** What an image was built from, as its provenance says. */
export interface BuiltFrom {
  readonly image: string;
  /** Of the workspace: the full id. */
  readonly commit: string;
  /** Address of the workspace's repository. */
  readonly repository?: string | undefined;
  /** Whether the image depends on more than the commit. */
  readonly altered: boolean;
  /** Paths in the workspace, and digests of their content. */
  readonly definitions: Readonly<Record<string, Digest>>;
  /** Format numbers by kind of layer. */
  readonly formats: Readonly<Record<string, unknown>>;
}

/** Returns what a provenance of ours says; undefined for the provenance of other tools, or without a commit. */
export function builtFrom({ predicate }: Pick<Statement, 'predicate'>): BuiltFrom | undefined {
  const { buildType, externalParameters, internalParameters } = membersOf(
    membersOf(predicate)['buildDefinition'],
  );
  const { image, source, definitions } = membersOf(externalParameters);
  const { commit, uri, altered } = membersOf(source);
  if (buildType !== BUILD_TYPE || typeof image !== 'string' || !isCommit(commit)) return undefined;
  return {
    image,
    commit,
    ...(typeof uri === 'string' && { repository: uri }),
    altered: altered !== false,
    definitions: stringMembers(definitions) as Readonly<Record<string, Digest>>,
    formats: membersOf(membersOf(internalParameters)['formats']),
  };
}

/** Ids of SHA-1 and SHA-256 repositories: nothing else reaches git's command line. */
function isCommit(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}
