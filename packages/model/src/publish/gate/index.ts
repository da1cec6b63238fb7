import type { Failure } from '../../failure';
import { firstLines, firstNames } from '../../shortened';
import { differingFailures, differingNotes } from './differing';
import { platformFailures } from './platforms';
import type { GateFacts, OverriddenTool } from './types';

export { differingNotes } from './differing';
export * from './scans';
export type * from './types';

/** Returns every reason why an image may not be published, each as `not-publishable`; empty if it may. */
export function gate(facts: GateFacts): Failure[] {
  const { image, mode, platforms, uncommitted, differing, overridden } = facts;
  return [
    ...platforms.flatMap((platform) => platformFailures(image, platform)),
    ...(uncommitted.length > 0 && !mayBeDirty(facts) ? [dirtyFailure(facts)] : []),
    ...(mayBeDirty(facts) ? [] : differingFailures(image, differing)),
    ...(mode.kind === 'branch' ? [] : overridden.map((tool) => sourceFailure(facts, tool))),
  ];
}

/** Returns a warning line for each allowed exception. */
export function gateNotes(facts: GateFacts): string[] {
  const { image, mode, uncommitted, differing, overridden } = facts;
  if (mode.kind !== 'branch') return [];
  const dirty = uncommitted.length > 0 && facts.allowDirty;
  return [
    ...(facts.allowDirty ? differingNotes(image, differing) : []),
    ...(dirty
      ? [
          `${image} is published with changes that are not committed: ${firstNames(uncommitted, LONGEST_LINE)}`,
        ]
      : []),
    ...overridden.map(
      ({ tool, used, committed }) =>
        `${tool} comes from ${used}, not from ${committed} as committed: not allowed in a release`,
    ),
  ];
}

/**
 * Returns whether the image depends on more than the commit: then no tag may name the commit (`wantedTags`).
 */
export function isAltered({
  uncommitted,
  differing,
  overridden,
}: Pick<GateFacts, 'uncommitted' | 'differing' | 'overridden'>): boolean {
  return [uncommitted, differing, overridden].some((list) => list.length > 0);
}

function mayBeDirty({ mode, allowDirty }: GateFacts): boolean {
  return mode.kind === 'branch' && allowDirty;
}

function dirtyFailure({ image, mode, uncommitted }: GateFacts): Failure {
  const [file = '', ...others] = uncommitted;
  const publish = `npx nx run ${image}:publish`;
  return {
    code: 'not-publishable',
    message: `${image} is built from files that are not committed.`,
    place: { file },
    details: firstLines(others, LONGEST_LIST),
    hint:
      mode.kind === 'branch'
        ? `Commit them and run: ${publish}; or publish this branch with them: ${publish} --allow-dirty`
        : `Commit them and run: ${publish}`,
  };
}

function sourceFailure({ image, mode }: GateFacts, { tool, used, committed }: OverriddenTool): Failure {
  const what = mode.kind === 'release' ? 'release' : 'main branch';
  return {
    code: 'not-publishable',
    message: `${tool} in ${image} comes from ${used}; the ${what} has it from ${committed}, as committed.`,
    place: { file: 'nx.json' },
    hint: `Unset IMAGE_TOOL_SOURCE and run: npx nx run ${image}:test-all`,
  };
}

const LONGEST_LIST = 20;
const LONGEST_LINE = 3;
