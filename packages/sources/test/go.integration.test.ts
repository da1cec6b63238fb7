import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoRig, GREETING, HELLO, need, PART } from './go-rig';

describe('a tool from Go modules, by the real toolchain', () => {
  let rig: GoRig;

  beforeAll(async () => {
    rig = await GoRig.open();
  });

  afterAll(() => rig.close());

  it('locks: upstream go line, folders replaced by versions, sums of all modules', async () => {
    const goMod = await readFile(join(rig.folder, 'go.mod'), 'utf8');
    expect(goMod).toContain('module image-tooling.invalid/tools/hello\n');
    expect(goMod).toMatch(/^go 1\.24/m);
    expect(goMod).toContain('tool example.invalid/hello/cmd\n');
    expect(goMod).toMatch(/local\.invalid\/part => local\.invalid\/part v0\.2\.3/);
    const goSum = await readFile(join(rig.folder, 'go.sum'), 'utf8');
    for (const { path, version } of [HELLO, GREETING, PART])
      expect(goSum).toContain(`${path} ${version} h1:`);
    const lock = JSON.parse(await readFile(join(rig.folder, 'lock.json'), 'utf8')) as Record<string, unknown>;
    expect(lock['go']).toMatchObject({ version: 'v1.2.3', time: 1769860800 });
  });

  it('builds a program that reports its version, a fixed date and its sum, with its licences', async () => {
    const run = rig.run();
    const built = need(await rig.build('out', run));
    const output = execFileSync(built.binary, { encoding: 'utf8' });
    expect(output).toMatch(/^hello world v1\.2\.3 2026-01-31T12:00:00Z h1:\S{44}\n$/);
    expect(built.goVersion).toMatch(/^go1\./);
    expect(built.licences.map(({ path }) => path)).toEqual([
      'example.invalid/greeting@v1.0.0/NOTICE',
      'example.invalid/hello@v1.2.3/LICENSE',
      expect.stringMatching(/^go@1\.[\d.]+\/LICENSE$/),
    ]);
    expect(run.context.lines).toContainEqual(expect.stringMatching(/[1-9]\d* of [\d,]+ packages, now \S+/));
    expect(await readdir(rig.path('cache', 'go', 'tmp'))).toEqual([]);
  });

  it('takes the registry from the file that "go env -w" writes', async () => {
    const home = rig.path('home-proxy');
    await mkdir(join(home, '.config', 'go'), { recursive: true });
    await writeFile(join(home, '.config', 'go', 'env'), `GOPROXY=file://${rig.proxy}\nGOSUMDB=off\n`);
    const {
      GOPROXY: _,
      GOSUMDB: __,
      XDG_CONFIG_HOME: ___,
      ...hostEnv
    } = rig.run('').hostEnv as Record<string, string>;
    const other = { ...rig.run(await rig.freshCache('by-file')), hostEnv: { ...hostEnv, HOME: home } };
    expect((await rig.fetch(other)).ok).toBe(true);
  });

  it('builds one at a time on a machine, and says so', async () => {
    const [first, second] = [rig.run(), rig.run()];
    const both = await Promise.all([rig.build('out-a', first), rig.build('out-b', second)]);
    expect(both.map(({ ok }) => ok)).toEqual([true, true]);
    const waited = [...first.context.lines, ...second.context.lines].filter((line) =>
      line.includes('waiting'),
    );
    expect(waited).toHaveLength(1);
  });
});
