import type { Commit, PublishMode, TagRule, WantedTag } from '../types';
import { aliasesOf } from './aliases';
import { shortCommit } from './slug';

export interface WantedOptions {
  /**
   * The image does not follow from the commit alone: inputs that are not committed, a tool from another
   * source than the committed one. Then no tag may name the commit.
   */
  readonly altered?: boolean;
  /** Leave out `main`, which follows the branch: the caller moves it. */
  readonly isPinned?: boolean;
}

/**
 * Returns the tags that a publish writes, in the order in which they are written: those that name one thing
 * first, `latest` last.
 */
export function wantedTags(
  mode: PublishMode,
  commit: Pick<Commit, 'id'>,
  { altered = false, isPinned = false }: WantedOptions = {},
): WantedTag[] {
  if (mode.kind === 'release') return releaseTags(mode.version);
  const moving = mode.kind === 'main' ? 'main' : `branch-${mode.slug}`;
  const named = `${moving}-${shortCommit(commit)}`;
  const rules = RULES[mode.kind];
  return [
    ...(altered ? [] : [{ tag: named, rule: rules.named }]),
    ...(isPinned ? [] : [{ tag: moving, rule: rules.moving }]),
  ];
}

/**
 * On main a commit has one digest, and another one is an error. A branch image expires, and may be deleted
 * and published again with another `branchImageDays`: another digest is allowed there.
 */
const RULES: Readonly<Record<'main' | 'branch', { named: TagRule; moving: TagRule }>> = {
  main: { named: 'once', moving: 'forward' },
  branch: { named: 'always', moving: 'always' },
};

/** Returns the tag of a commit of main: `main-0123456789ab`. */
export function mainCommitTag(id: string): string {
  return `main-${shortCommit({ id })}`;
}

function releaseTags(version: string): WantedTag[] {
  const moving = aliasesOf(version).map((tag) => ({ tag, rule: 'forward' as const }));
  return [{ tag: version, rule: 'once' }, ...moving];
}
