import type { JudgedFinding, Status } from '../finding';
import { isFailing } from '../gate';

/** A finding as results are compared; texts that may be empty. */
export interface EarlierFinding {
  readonly kind: string;
  readonly id: string;
  readonly component: string;
  readonly version: string;
  readonly layer: string;
  readonly status: string;
}

/** What differs from the last result of the same digest. */
export interface Changes {
  /** They fail now, and did not before. */
  readonly newlyFailing: readonly JudgedFinding[];
  readonly stillFailing: readonly JudgedFinding[];
  /** They failed, and are ignored, withdrawn or not affected now. */
  readonly noLongerFailing: readonly EarlierFinding[];
}

/**
 * Compares findings with those of the last result.
 *
 * @param earlier undefined without an earlier result: all that fails is new
 */
export function changesSince(
  earlier: readonly EarlierFinding[] | undefined,
  findings: readonly JudgedFinding[],
): Changes {
  const failedBefore = (earlier ?? []).filter(({ status }) => isFailing(status as Status));
  const before = new Set(failedBefore.map(keyOf));
  const failing = findings.filter(({ status }) => isFailing(status));
  const now = new Set(failing.map((one) => keyOf(comparable(one))));
  const didFail = (one: JudgedFinding): boolean => before.has(keyOf(comparable(one)));
  return {
    newlyFailing: failing.filter((one) => !didFail(one)),
    stillFailing: failing.filter(didFail),
    noLongerFailing: failedBefore.filter((one) => !now.has(keyOf(one))),
  };
}

/** Returns what later results are compared with. */
export function comparable({ kind, id, component, layer, status }: JudgedFinding): EarlierFinding {
  const { name = '', version = '' } = component ?? {};
  return { kind, id, component: name, version, layer: layer ?? '', status };
}

/** The tools and images that bring a layer may have other names tomorrow; the layer of a digest is the same. */
function keyOf({ kind, id, component, version, layer }: EarlierFinding): string {
  return [kind, id, component, version, layer].join('\n');
}
