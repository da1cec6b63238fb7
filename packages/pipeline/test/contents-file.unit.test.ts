import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@image-tooling/model';
import { openStore, type Store } from '@image-tooling/oci';
import { CONTENTS_VERSION } from '@image-tooling/sbom';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, expect, it } from 'vitest';
import { restoreFacts, writeFacts } from '../src/workspace/contents-file';

const DIFF_ID = digestOf('a layer');
const CONTENTS = {
  contentsVersion: CONTENTS_VERSION,
  scope: 'tools',
  ...{ records: [], licences: {}, docLinks: {}, files: [], go: [], npm: [], privileged: [], unread: [] },
};

let folder: string;
let to: Store;

beforeEach(async () => {
  folder = temporaryFolder();
  const from = valueOf(await openStore(join(folder, 'from')));
  to = valueOf(await openStore(join(folder, 'to')));
  valueOf(await from.putFact('contents', DIFF_ID, CONTENTS));
  valueOf(await writeFacts('contents', from, folder, [DIFF_ID]));
});

const restored = async () => {
  valueOf(await restoreFacts('contents', to, folder));
  return to.getFact('contents', DIFF_ID);
};

it('gives another store the contents of a layer', async () => {
  expect(await restored()).toEqual(CONTENTS);
});

it('replaces contents in the store that an older version read', async () => {
  valueOf(await to.putFact('contents', DIFF_ID, { ...CONTENTS, contentsVersion: CONTENTS_VERSION - 1 }));
  expect(await restored()).toEqual(CONTENTS);
});

it('keeps what the store has', async () => {
  const own = { ...CONTENTS, unread: [{ path: 'a', reason: 'b' }] };
  valueOf(await to.putFact('contents', DIFF_ID, own));
  expect(await restored()).toEqual(own);
});

it.each([
  ['of another version', { ...CONTENTS, contentsVersion: CONTENTS_VERSION + 1 }],
  ['of another shape', { ...CONTENTS, files: [{ path: 1 }] }],
  ['missing', null],
])('counts contents as missing that are %s', async (_, contents) => {
  const file = { contentsVersion: 1, layers: { [DIFF_ID]: contents } };
  writeFileSync(join(folder, 'contents.json.gz'), gzipSync(JSON.stringify(file)));
  expect(await restored()).toBeUndefined();
});
