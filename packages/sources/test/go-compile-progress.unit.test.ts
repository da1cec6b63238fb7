import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileProgress } from '../src/go/build/compile-progress';
import { recordingContext } from './go-context';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Returns the progress of a compile of packages `p1`, `p2` …, two at a time, and what it shows. */
function compileOf(...weights: readonly number[]) {
  const context = recordingContext();
  const step = context.progress.step('kubectl');
  const progress = compileProgress(
    { ...step, note: (line) => context.progress.note(line) },
    new Map(weights.map((weight, at) => [`p${at + 1}`, weight])),
    2,
  );
  const begin = (path: string, seconds: number): void => {
    vi.advanceTimersByTime(seconds * 1000);
    progress.onLine(path);
  };
  return {
    progress,
    begin,
    shown: () => context.lines.slice(1),
    last: () => context.lines.findLast(isStatus),
  };
}

const isStatus = (line: string): boolean => line.startsWith('kubectl: ');
const notes = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('compiling'));

describe('the progress of a compile', () => {
  it('counts the packages that are begun, and names the last', () => {
    const { progress, begin, shown } = compileOf(...Array.from({ length: 1204 }, () => 1));
    begin('k8s.io/api/core/v1', 1);
    begin('vendor/golang.org/x/net', 1);
    progress.onLine('# k8s.io/kubectl');
    progress.stop();
    expect(shown()).toEqual([
      'kubectl: 0 of 1,204 packages',
      'kubectl: 1 of 1,204 packages, now k8s.io/api/core/v1',
      'kubectl: 2 of 1,204 packages, now vendor/golang.org/x/net',
      'kubectl> # k8s.io/kubectl',
    ]);
  });

  it('estimates the time left by the size of the packages that are finished', () => {
    const { begin, last } = compileOf(100, 200, 300, 400, 1000);
    begin('p1', 0);
    begin('p2', 10);
    begin('p3', 20);
    // p1 took 30 s, and the work is 20 times as much.
    expect(last()).toBe('kubectl: 3 of 5 packages, about 10 min left, now p3');
    begin('p4', 60);
    expect(last()).toBe('kubectl: 4 of 5 packages, about 9 min left, now p4');
  });

  it('estimates again while a package takes long', () => {
    const { begin, last } = compileOf(100, 100, 100, 100);
    begin('p1', 0);
    begin('p2', 20);
    begin('p3', 20);
    expect(last()).toBe('kubectl: 3 of 4 packages, about 2 min left, now p3');
    vi.advanceTimersByTime(60_000);
    expect(last()).toBe('kubectl: 3 of 4 packages, about 5 min left, now p3');
  });

  it('estimates nothing before 20 seconds and a twentieth of the work', () => {
    const early = compileOf(100, 100, 100);
    early.begin('p1', 0);
    early.begin('p2', 5);
    early.begin('p3', 14);
    expect(early.last()).toBe('kubectl: 3 of 3 packages, now p3');
    const little = compileOf(4, 46, 50);
    little.begin('p1', 0);
    little.begin('p2', 30);
    little.begin('p3', 30);
    expect(little.last()).toBe('kubectl: 3 of 3 packages, now p3');
  });

  it('says once, as soon as it is known, how long a long compile takes', () => {
    const { begin, shown } = compileOf(100, 200, 300, 400, 1000);
    begin('p1', 0);
    begin('p2', 15);
    begin('p3', 15);
    expect(notes(shown())).toEqual(['compiling 5 packages takes about 10 min here']);
    begin('p4', 60);
    expect(notes(shown())).toEqual(['compiling 5 packages takes about 10 min here']);
  });

  it('says so later if it turns out to be long', () => {
    const { progress, begin, shown } = compileOf(100, 100, 100);
    begin('p1', 0);
    begin('p2', 10);
    begin('p3', 15);
    expect(notes(shown())).toEqual([]);
    vi.advanceTimersByTime(30_000);
    expect(notes(shown())).toEqual([]);
    vi.advanceTimersByTime(5_000);
    expect(notes(shown())).toEqual(['compiling 3 packages takes about 3 min here']);
    progress.stop();
  });

  it('says nothing about a short one', () => {
    const { begin, shown, last } = compileOf(100, 100, 100);
    begin('p1', 0);
    begin('p2', 10);
    begin('p3', 15);
    expect(last()).toBe('kubectl: 3 of 3 packages, less than a minute left, now p3');
    expect(notes(shown())).toEqual([]);
  });

  it('shows packages that it was not told of, and one package as one', () => {
    const { begin, last } = compileOf(100);
    begin('p1', 0);
    expect(last()).toBe('kubectl: 1 of 1 package, now p1');
    begin('other', 1);
    expect(last()).toBe('kubectl: 2 of 2 packages, now other');
  });

  it('stops its timer', () => {
    const { progress } = compileOf(100);
    progress.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
