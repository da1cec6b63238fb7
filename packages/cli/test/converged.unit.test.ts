import { expect, it } from 'vitest';
import type { ConvergedImage } from '@image-tooling/pipeline';
import { convergedLines } from '../src/display/converged';

const COMMIT = 'c0ffee'.repeat(6) + 'c0ff';
const PRESENT: ConvergedImage = {
  image: 'base',
  repository: 'registry.example/team/base',
  main: { tag: 'main-c0ffeec0ffee', action: 'present' },
  release: { version: '1.0.0', commit: COMMIT, isTagged: true, action: 'present' },
  moved: [],
  sentBlobBytes: { main: 0, release: 0 },
};
const RELEASED: ConvergedImage = {
  ...PRESENT,
  image: 'tooling-k8s',
  main: { ...PRESENT.main, action: 'published' },
  release: {
    ...{ version: '1.1.0', previous: '1.0.0', commit: COMMIT, isTagged: false, action: 'released' },
    notes: 'images/tooling-k8s/dist/release/notes.md',
  },
  moved: [{ tag: 'main', to: 'main-c0ffeec0ffee' }],
};

it('names what was done, and counts the rest', () => {
  const done = { commit: COMMIT, dryRun: false, images: [PRESENT, RELEASED], failures: [] };
  expect(convergedLines(done)).toEqual([
    '',
    'c0ffeec0ffee',
    '  tooling-k8s  main-c0ffeec0ffee  release 1.1.0 after 1.0.0  main → main-c0ffeec0ffee',
    '1 image up to date',
    'release notes: images/tooling-k8s/dist/release/notes.md',
  ]);
});

it('says that a dry run wrote nothing', () => {
  const done = { commit: COMMIT, dryRun: true, images: [PRESENT], failures: [] };
  expect(convergedLines(done)).toEqual([
    '',
    'c0ffeec0ffee: a dry run, nothing was written',
    '1 image up to date',
  ]);
});
