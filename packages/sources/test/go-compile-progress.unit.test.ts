import { expect, it } from 'vitest';
import { compileProgress } from '../src/go/build/compile-progress';
import { recordingContext } from './go-context';

it('shows how many packages are compiled, which one is in progress, and for how long', () => {
  const context = recordingContext();
  let now = 0;
  const progress = compileProgress(context.progress.step('kubectl'), 1204, () => now);
  now = 45_000;
  progress.onLine('k8s.io/api/core/v1');
  now = 130_000;
  progress.onLine('vendor/golang.org/x/net');
  progress.onLine('# k8s.io/kubectl');
  progress.stop();
  expect(context.lines).toEqual([
    'kubectl',
    'kubectl: 0 of 1,204 packages compiled, 0 s',
    'kubectl: 1 of 1,204 packages compiled, now k8s.io/api/core/v1, 45 s',
    'kubectl: 2 of 1,204 packages compiled, now vendor/golang.org/x/net, 2 min 10 s',
    'kubectl> # k8s.io/kubectl',
  ]);
});
