import type { ToolUpdate } from '@image-tooling/pipeline';
import { expect, it } from 'vitest';
import { updatedLines } from '../src/display/updated';

const KEPT: ToolUpdate = {
  ...{ name: 'yq', source: 'go', from: '4.1.0', isPinned: false, images: ['base'] },
  unusable: [],
};

const lines = (tool: ToolUpdate): string[] =>
  updatedLines({ tools: [tool], images: [], files: [] }, { dryRun: false });

it('tells a tool without newer versions from one whose newer versions are unusable', () => {
  expect(lines(KEPT)).toEqual(['yq  4.1.0  no newer version; source go', 'Nothing to update.']);
  const unusable = [{ version: '4.2.0', reason: 'It is refused.', hint: 'Ask.' }];
  expect(lines({ ...KEPT, unusable })).toEqual([
    'yq  4.1.0  no newer version can be locked; source go',
    "yq: 4.2.0 can't be locked: It is refused. Ask.",
    'Nothing to update.',
  ]);
});
