import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesText, openScreen, timeText, type ScreenOptions } from '../src/display';
import { stream } from './host';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function screenOf(
  env: NodeJS.ProcessEnv = {},
  terminal: { isTTY?: boolean; columns?: number } = {},
  options: ScreenOptions = {},
) {
  let text = '';
  const screen = openScreen(
    stream((more) => (text += more), terminal),
    env,
    options,
  );
  return { progress: screen.progress, end: () => screen.end(), shown: () => text };
}

/** Returns what a terminal shows after all writes: without overwritten lines. */
function visible(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/[^\n]*\r\u001b\[2K/, ''));
}

/** What Nx gives to each task. */
const task = { NX_TASK_HASH: '1', NX_TASK_TARGET_PROJECT: 'base', NX_TUI: 'false' };

describe('display in a pipe or a log', () => {
  it('prints a line for each finished step', () => {
    const { progress, shown } = screenOf();
    const step = progress.step('base: bootstrap layer');
    step.status('unpacking');
    step.output('Setting up libc6');
    expect(shown()).toBe('');
    vi.advanceTimersByTime(5900);
    step.done({ origin: 'built', bytes: 41_000_000 });
    progress.step('base: files layer').done({ origin: 'store', bytes: 512 });
    progress.step('base: fetch 78 packages').done({ origin: 'fetched' });
    progress.step('k9s: tool layer').done({ origin: 'nx', bytes: 38_400_000 });
    progress.step('child: apt layer').failed();
    expect(shown()).toMatchInlineSnapshot(`
      "✓ base: bootstrap layer  built  5.9 s  41 MB
      ✓ base: files layer  from the store  0.0 s  512 B
      ✓ base: fetch 78 packages  fetched  0.0 s
      ✓ k9s: tool layer  from the Nx cache  0.0 s  38 MB
      ✗ child: apt layer  0.0 s
      "
    `);
  });

  it('prints running steps at growing intervals until they end', () => {
    const { progress, shown } = screenOf();
    const step = progress.step('argocd: compile');
    step.status('k8s.io/api');
    vi.advanceTimersByTime(11 * 60_000);
    step.failed();
    vi.advanceTimersByTime(11 * 60_000);
    expect(shown()).toMatchInlineSnapshot(`
      "… argocd: compile  k8s.io/api  30 s
      … argocd: compile  k8s.io/api  1 min 0 s
      … argocd: compile  k8s.io/api  2 min 0 s
      … argocd: compile  k8s.io/api  5 min 0 s
      … argocd: compile  k8s.io/api  10 min 0 s
      ✗ argocd: compile  11 min 0 s
      "
    `);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('prints running steps in one line, and goes on with the next when all have ended', () => {
    const { progress, shown } = screenOf();
    const layer = progress.step('base: apt layer');
    vi.advanceTimersByTime(20_000);
    const fetch = progress.step('base: fetch 78 packages');
    fetch.status('12 of 78');
    vi.advanceTimersByTime(15_000);
    fetch.done({ origin: 'fetched' });
    layer.done({ origin: 'built' });
    vi.advanceTimersByTime(60_000);
    progress.step('base: files layer');
    vi.advanceTimersByTime(31_000);
    expect(shown()).toMatchInlineSnapshot(`
      "… base: fetch 78 packages  12 of 78  10 s  ·  base: apt layer  30 s
      ✓ base: fetch 78 packages  fetched  15 s
      ✓ base: apt layer  built  35 s
      … base: files layer  25 s
      "
    `);
  });

  it('prints a line less and less often, however many steps there are', () => {
    const { progress, shown } = screenOf();
    for (let minute = 0; minute < 20; minute += 1) {
      const step = progress.step(`minute ${minute}`);
      vi.advanceTimersByTime(60_000);
      step.failed();
    }
    const running = shown().match(/^….*$/gm);
    expect(running).toEqual([
      '… minute 0  30 s',
      '… minute 0  1 min 0 s',
      '… minute 1  1 min 0 s',
      '… minute 4  1 min 0 s',
      '… minute 9  1 min 0 s',
      '… minute 14  1 min 0 s',
      '… minute 19  1 min 0 s',
    ]);
  });

  it('leaves out the project that Nx already shows', () => {
    const { progress, shown } = screenOf(task);
    progress.note('base: apt layer: built again, since its lock differs');
    progress.step('base: apt layer').done({ origin: 'built' });
    progress.step('k9s: tool layer').done({ origin: 'nx' });
    expect(shown()).toMatchInlineSnapshot(`
      "apt layer: built again, since its lock differs
      ✓ apt layer  built  0.0 s
      ✓ k9s: tool layer  from the Nx cache  0.0 s
      "
    `);
  });

  it('shows the output of programs with IMAGE_VERBOSE', () => {
    const { progress, shown } = screenOf({ IMAGE_VERBOSE: '1' });
    progress.step('base: install').output('Setting up libc6');
    expect(shown()).toBe('  | Setting up libc6\n');
  });
});

describe('display on a terminal', () => {
  const terminal = { isTTY: true, columns: 60 };

  it('draws running steps in one line, and keeps finished ones', () => {
    const { progress, shown, end } = screenOf({}, terminal);
    progress.note('engine: buildah 1.28');
    const outer = progress.step('base: bootstrap layer');
    const inner = progress.step('base: fetch 78 packages');
    inner.status('12 of 78 packages');
    vi.advanceTimersByTime(2000);
    expect(visible(shown())).toMatchInlineSnapshot(`
      [
        "engine: buildah 1.28",
        "base: fetch 78 packages  12 of 78 packages  2.0 s  ·  base…",
      ]
    `);
    inner.done({ origin: 'fetched', bytes: 33_000_000 });
    outer.done({ origin: 'built', bytes: 41_000_000 });
    end();
    expect(visible(shown())).toMatchInlineSnapshot(`
      [
        "engine: buildah 1.28",
        "✓ base: fetch 78 packages  fetched  2.0 s  33 MB",
        "✓ base: bootstrap layer  built  2.0 s  41 MB",
        "",
      ]
    `);
  });

  it('never writes a line that is longer than the terminal is wide', () => {
    const { progress, shown } = screenOf({}, terminal);
    progress.step('x'.repeat(100)).status('y'.repeat(100));
    vi.advanceTimersByTime(500);
    expect(Math.max(...visible(shown()).map((line) => line.length))).toBeLessThan(60);
  });

  it('stops drawing when all steps have ended, and clears its line', () => {
    const { progress, shown, end } = screenOf({}, terminal);
    progress.step('a').failed();
    progress.step('b');
    end();
    const before = shown();
    vi.advanceTimersByTime(10_000);
    expect(shown()).toBe(before);
    expect(visible(before)).toEqual(['✗ a  0.0 s', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each<[NodeJS.ProcessEnv, ScreenOptions]>([
    [{ CI: 'true' }, {}],
    [{ TERM: 'dumb' }, {}],
    // What Nx 23.2 and 24.0 set in their terminal UI and for --outputStyle=stream.
    [{ ...task, NX_STREAM_OUTPUT: 'true' }, {}],
    [task, { isCached: true }],
  ])('is plain with %o %o', (env, options) => {
    const { progress, shown } = screenOf(env, terminal, options);
    const step = progress.step('a');
    vi.advanceTimersByTime(20_000);
    step.done({ origin: 'built' });
    expect(shown()).toBe('✓ a  built  20 s\n');
  });

  it.each<[string, NodeJS.ProcessEnv, ScreenOptions]>([
    ['where nx run passes its terminal on', task, { isCached: false }],
    ['without Nx', {}, { isCached: true }],
  ])('is live %s', (_, env, options) => {
    const { progress, shown } = screenOf(env, terminal, options);
    progress.step('a');
    vi.advanceTimersByTime(1000);
    expect(shown()).toContain('\r');
  });
});

describe('numbers for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9960, '10 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [1_400_000, '1.4 MB'],
    [41_234_567, '41 MB'],
    [5_000_000_000_000, '5000 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it.each([
    [0, '0.0 s'],
    [9949, '9.9 s'],
    [9960, '10 s'],
    [59_400, '59 s'],
    [59_600, '1 min 0 s'],
    [200_000, '3 min 20 s'],
    [3_599_600, '60 min 0 s'],
  ])('%i ms are %s', (milliseconds, text) => expect(timeText(milliseconds)).toBe(text));
});
