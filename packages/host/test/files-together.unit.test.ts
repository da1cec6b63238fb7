import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killedAt } from '@image-tooling/testkit/kill';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { finishFilesTogether, writeFilesTogether } from '../src';

let programs: string;
let root: string;
const journal = () => join(root, '.nx', 'journal.json');
const FILES = Array.from({ length: 4 }, (_, at) => `tools/${at}/lock.json`);

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'files-together-'));
  const entryPoints = [join(__dirname, 'files-together-writer.ts')];
  const outfile = join(programs, 'writer.cjs');
  const mainFields = ['module', 'main'];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', mainFields, logLevel: 'error' });
});
afterAll(() => rm(programs, { recursive: true }));
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'files-together-'));
});
afterEach(() => rm(root, { recursive: true }));

function writer(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const argv = [join(programs, 'writer.cjs'), root, ...args];
  return spawnSync(process.execPath, argv, { env: { ...process.env, ...env }, stdio: 'pipe' });
}

async function write(content: string): Promise<void> {
  const files = Object.fromEntries(FILES.map((file, at) => [file, `${content} ${at}`]));
  expect(await writeFilesTogether({ root, journal: journal(), files })).toMatchObject({ ok: true });
}

const contents = () => Promise.all(FILES.map((file) => readFile(join(root, file), 'utf8')));
const all = (content: string) => FILES.map((_, at) => `${content} ${at}`);

describe('files that are written together', () => {
  it('are all old or all new after a kill at any moment, once the next process has finished them', async () => {
    await write('old');
    const ends = { old: 0, new: 0 };
    let moment = 1;
    for (; moment <= 200; moment++) {
      if (writer(['new'], killedAt(moment, root)).signal !== 'SIGKILL') break;
      expect(await finishFilesTogether(root, journal())).toMatchObject({ ok: true });
      const found = await contents();
      const isNew = found[0] === 'new 0';
      expect(found, `killed at moment ${moment}`).toEqual(all(isNew ? 'new' : 'old'));
      expect(existsSync(journal())).toBe(false);
      ends[isNew ? 'new' : 'old'] += 1;
      await write('old');
    }
    // The journal's folder, file and removal, and a file and its new name for each of four.
    expect(moment - 1).toBeGreaterThanOrEqual(22);
    expect(Math.min(ends.old, ends.new)).toBeGreaterThan(2);
  }, 60_000);

  it('are not touched if their content is the same', async () => {
    await mkdir(join(root, 'tools'));
    await writeFile(join(root, 'tools/a'), 'same');
    expect(
      await writeFilesTogether({ root, journal: journal(), files: { 'tools/a': 'same' } }),
    ).toMatchObject({
      ok: true,
    });
    expect(existsSync(join(root, '.nx'))).toBe(false);
  });

  it('are left, with the journal, if one of them was changed since a kill', async () => {
    await write('old');
    let moment = 1;
    while (!existsSync(journal())) writer(['new'], killedAt(moment++, root));
    await writeFile(join(root, FILES[3]!), 'edited');
    const finished = await finishFilesTogether(root, journal());
    expect(finished).toMatchObject({ ok: false, failures: [{ code: 'lock-stale', details: [FILES[3]] }] });
    expect((await contents())[3]).toBe('edited');
    expect(existsSync(journal())).toBe(true);
  });

  it.each(['', '{}', '{"journalVersion":2,"files":{}}', journalOf('../outside'), journalOf('/outside')])(
    'are not written by an invalid journal: %s',
    async (text) => {
      await mkdir(join(root, '.nx'));
      await writeFile(journal(), text);
      expect(await finishFilesTogether(root, journal())).toMatchObject({
        ok: false,
        failures: [{ code: 'io' }],
      });
      expect(existsSync(join(root, '..', 'outside'))).toBe(false);
    },
  );

  it('keep the journal if one of them can’t be written, and are finished when it can', async () => {
    await write('old');
    await rm(join(root, 'tools/2'), { recursive: true });
    await writeFile(join(root, 'tools/2'), 'in the way');
    const files = { [FILES[1]!]: 'new 1', [FILES[2]!]: 'new 2' };
    const written = await writeFilesTogether({ root, journal: journal(), files });
    expect(written).toMatchObject({ ok: false, failures: [{ code: 'io' }] });
    await rm(join(root, 'tools/2'), { force: true });
    await rm(journal(), { force: true });
    expect(await writeFilesTogether({ root, journal: journal(), files })).toMatchObject({ ok: true });
    expect((await contents()).slice(1, 3)).toEqual(['new 1', 'new 2']);
  });
});

function journalOf(path: string): string {
  return JSON.stringify({ journalVersion: 1, files: { [path]: { before: null, content: 'x' } } });
}
