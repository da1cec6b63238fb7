import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '@image-tooling/model';
import { openStore, type Store } from '@image-tooling/oci';
import { CONTENTS_VERSION } from '@image-tooling/sbom';
import { temporaryFolder, valueOf } from '@image-tooling/testkit/helpers';
import { beforeEach, expect, it } from 'vitest';
import { restoreFacts, writeFacts } from '../src/workspace/fact-files';

const DIFF_ID = digestOf('a layer');
const CONTENTS = {
  contentsVersion: CONTENTS_VERSION,
  scope: 'tools',
  ...{ records: [], licences: {}, docLinks: {}, files: [], go: [], npm: [], privileged: [], unread: [] },
};

let folder: string;
let from: Store;
let to: Store;

beforeEach(async () => {
  folder = temporaryFolder();
  from = valueOf(await openStore(join(folder, 'from')));
  to = valueOf(await openStore(join(folder, 'to')));
  valueOf(await from.putFact('contents', DIFF_ID, CONTENTS));
  valueOf(await writeFacts('contents', from, folder, [DIFF_ID]));
});

function writeFile(file: unknown): void {
  writeFileSync(join(folder, 'contents.json.gz'), gzipSync(JSON.stringify(file)));
}

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

it.each([1, CONTENTS_VERSION - 1])('is written again if version %i wrote it', async (contentsVersion) => {
  const contents = { ...CONTENTS, contentsVersion: CONTENTS_VERSION - 1 };
  writeFile({ contentsVersion, layers: { [DIFF_ID]: contents } });
  valueOf(await writeFacts('contents', from, folder, [DIFF_ID]));
  expect(await restored()).toEqual(CONTENTS);
});

it.each([
  ['of another version', { ...CONTENTS, contentsVersion: CONTENTS_VERSION + 1 }],
  ['of another shape', { ...CONTENTS, files: [{ path: 1 }] }],
  ['missing', null],
])('counts contents as missing that are %s', async (_, contents) => {
  writeFile({ contentsVersion: CONTENTS_VERSION, layers: { [DIFF_ID]: contents } });
  expect(await restored()).toBeUndefined();
});
