import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyLines, type ImageLock, type Result, type Why } from '@image-tooling/model';
import { SILENT, valueOf } from '@image-tooling/testkit/helpers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { explainProject, type Explanation, type ExplainRequest } from '../src/explain';
import { openSession } from '../src/session';
import { loadOptions } from '../src/workspace/load';
import { ExplainedImages, PLATFORM } from './explained-images';
import { GIT_ENV } from './git-repository';

let images: ExplainedImages;
/** Another machine: a clone, in which nothing was built. */
let clone: string;

beforeAll(async () => {
  images = await ExplainedImages.make();
  await images.commit();
}, 60_000);
afterAll(() => images.remove());

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), 'explain-clone-'));
  git(tmpdir(), 'clone', '--quiet', images.rig.folder, clone);
});

function git(folder: string, ...args: string[]): string {
  onTestFinished(() => rm(clone, { recursive: true, force: true }));
  return execFileSync('git', ['-C', folder, ...args], { env: GIT_ENV })
    .toString()
    .trim();
}

async function edit(file: string, change: object): Promise<void> {
  const old = JSON.parse(await readFile(join(clone, file), 'utf8')) as object;
  await writeFile(join(clone, file), JSON.stringify({ ...old, ...change }));
}

async function explain(request: Partial<ExplainRequest> = {}, root = clone): Promise<Result<Explanation>> {
  const store = await mkdtemp(join(tmpdir(), 'explain-store-'));
  onTestFinished(() => rm(store, { recursive: true }));
  const context = { signal: new AbortController().signal, progress: SILENT };
  const options = valueOf(await loadOptions(root));
  const env = { ...process.env, ...GIT_ENV, IMAGE_STORE: store };
  const session = valueOf(await openSession({ root, options, env, context }));
  return explainProject(session, { name: 'child', platform: PLATFORM, why: true, ...request });
}

const why = async (request?: Partial<ExplainRequest>, root?: string) =>
  valueOf(await explain(request, root)) as Why;
const summary = ({ projects }: Why) => projects.map(({ name, result }) => `${name} ${result}`);
const raise = async (version: string): Promise<void> => {
  const file = 'images/child/lock.json';
  const lock = JSON.parse(await readFile(join(clone, file), 'utf8')) as ImageLock;
  const text = JSON.stringify(lock).replaceAll(
    '"name":"extra","version":"1"',
    `"name":"extra","version":"${version}"`,
  );
  await writeFile(join(clone, file), text);
};

describe('why, where nothing was built', () => {
  it('says that nothing differs from main', async () => {
    const told = await why();
    expect(summary(told)).toEqual(['base same', 'greet same', 'child same']);
    expect(whyLines(told)[0]).toMatch(/^child linux\/amd64: the same as at origin\/main \([0-9a-f]{12}\)\.$/);
  });

  it('names each input that differs from main, with both values', async () => {
    await raise('2');
    await edit('tools/greet/tool.json', {
      sources: { go: { package: 'fixture.invalid/greet', tags: ['netgo'] } },
    });
    await edit('images/base/image.json', { config: { labels: { team: 'x' } } });
    const text = whyLines(await why()).join('\n');
    expect(text).toContain('compared with origin/main (');
    expect(text).toMatch(/since packages\.extra:amd64: 1 a{12}… → 2 a{12}…/);
    expect(text).toContain('since source.tags: new, netgo');
    expect(text).toContain('restack: label team: new, x');
  });

  it('does not count what main has got since', async () => {
    git(clone, 'checkout', '--quiet', '-b', 'feature');
    git(clone, 'checkout', '--quiet', '--detach', 'main');
    await edit('images/base/image.json', { description: 'of main' });
    git(clone, 'commit', '--quiet', '--all', '-m', 'two');
    git(clone, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
    git(clone, 'checkout', '--quiet', 'feature');
    expect(summary(await why())).toEqual(['base same', 'greet same', 'child same']);
  });

  it('knows the inputs of outputs that Nx restored, from main', async () => {
    for (const folder of ['images/base', 'images/child', 'tools/greet'])
      await cp(join(images.rig.folder, folder, 'dist'), join(clone, folder, 'dist'), { recursive: true });
    await raise('2');
    const told = await why();
    expect(told.since).toBeUndefined();
    expect(told.projects.at(-1)?.layers).toMatchObject([
      { kind: 'apt', differences: [expect.stringMatching(/^packages\.extra:amd64: 1 /) as string] },
    ]);
  });

  it('calls an image new that the commit does not have', async () => {
    await cp(join(clone, 'images/child'), join(clone, 'images/fresh'), { recursive: true });
    const told = await why({ name: 'fresh', since: 'main' });
    expect(told.projects.at(-1)).toMatchObject({ name: 'fresh', builtBefore: false });
    expect(whyLines(told).join('\n')).toContain('image fresh: new: built');
  });

  it('leaves work tree and index alone', async () => {
    await raise('2');
    const before = git(clone, 'status', '--porcelain');
    await why({ since: 'main' });
    expect(git(clone, 'status', '--porcelain')).toBe(before);
  });

  it('works in a workspace below the root of its repository', async () => {
    const outer = await mkdtemp(join(tmpdir(), 'explain-outer-'));
    onTestFinished(() => rm(outer, { recursive: true }));
    await cp(clone, join(outer, 'deep/er'), { recursive: true, filter: (path) => !path.endsWith('/.git') });
    git(outer, 'init', '--quiet', '--initial-branch=main');
    git(outer, 'add', '.');
    git(outer, 'commit', '--quiet', '-m', 'one');
    const told = await why({}, join(outer, 'deep/er'));
    expect(told.since?.ref).toBe('main');
    expect(summary(told)).toEqual(['base same', 'greet same', 'child same']);
  });

  it('fails for a name that git does not know, with the command that gets it', async () => {
    const told = await explain({ since: 'origin/other' });
    expect(told).toMatchObject({
      ok: false,
      failures: [
        { code: 'unknown-reference', hint: expect.stringContaining('git fetch origin other') as string },
      ],
    });
    expect(await explain({ since: 'main', why: false })).toMatchObject({ failures: [{ code: 'usage' }] });
  });

  it('has no comparison without git', async () => {
    await rm(join(clone, '.git'), { recursive: true });
    const told = await why();
    expect(told.since).toBeUndefined();
    expect(told.projects.at(-1)).toMatchObject({ builtBefore: false });
  });
});
