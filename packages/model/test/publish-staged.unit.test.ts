import { describe, expect, it } from 'vitest';
import { digestOf, prunePlan, staged } from '../src/index';

const LAYERS = [digestOf('a'), digestOf('b')];
const DAY = 86_400;
const at = (text: string): number => Date.parse(text) / 1000;

describe('staged layers', () => {
  it('have one tag and expiry in a month, whatever the day', () => {
    const first = staged(LAYERS, at('2026-12-01T00:00:00Z'), 60);
    expect(staged(LAYERS, at('2026-12-31T23:59:59Z'), 60)).toEqual(first);
    expect(first.tag).toMatch(/^staged-2026-12-[0-9a-f]{32}$/);
    expect(first.annotations).toEqual({ 'image-tooling.expires': '2027-03-02T00:00:00Z' });
  });

  it('have another tag with other layers, another order, and in another month', () => {
    const now = at('2026-12-01T00:00:00Z');
    const sets = [LAYERS, [...LAYERS].reverse(), LAYERS.slice(1)].map((set) => staged(set, now, 60).tag);
    expect(new Set([...sets, staged(LAYERS, now + 31 * DAY, 60).tag]).size).toBe(4);
  });

  it('are deleted by prune after their expiry only', () => {
    const { tag, annotations } = staged(LAYERS, 0, 60);
    const digest = digestOf('manifest');
    const plan = (now: number) =>
      prunePlan({ tags: [{ tag, digest }], nodes: [{ digest, children: [], annotations }], now }).deletions;
    expect(plan((31 + 60) * DAY - 1)).toEqual([]);
    expect(plan((31 + 60) * DAY)).toMatchObject([{ tags: [tag] }]);
  });
});
