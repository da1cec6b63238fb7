import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ageLocks } from '@image-tooling/testkit/helpers';
import { killedAt } from '@image-tooling/testkit/kill';
import { steady } from '@image-tooling/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { NAMES, UpdateRig } from './update-rig';

let tools: UpdateRig;
let old: Record<string, string>;

beforeAll(async () => {
  tools = await UpdateRig.open(inject('sharedFolder'));
  old = await tools.files();
});
afterAll(() => tools.remove());
beforeEach(() => tools.write(old));

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  tools.rig.run(args, { ...tools.env, ...env });
const must = (...args: readonly string[]) => tools.rig.must(args, tools.env);
const table = (output: string) =>
  steady(output, tools.rig)
    .replace(/\d{4}-\d{2}-\d{2}/g, '<day>')
    .split('\n')
    .filter((line) => /^\S+-tool +\d|files?\b.*written|Nothing/.test(line));

describe('update', () => {
  it('takes the newest version that is allowed and old enough, of each kind of source', async () => {
    const output = await must('update', ...NAMES);
    expect(table(output)).toMatchSnapshot();
    expect(output).toMatch(/^go-tool: 1\.1\.5 can't be locked: go-tool: the registry has no such version/m);
    const files = await tools.files();
    for (const name of NAMES) {
      const text = files[`tools/${name}/tool.json`];
      expect(text).toBe(old[`tools/${name}/tool.json`]?.replace('1.0.0', '1.1.0'));
      expect(JSON.parse(files[`tools/${name}/lock.json`] ?? '')).toMatchObject({ version: '1.1.0' });
    }
    expect(files['tools/go-tool/go.sum']).toContain('example.invalid/hello v1.1.0 h1:');
    for (const name of NAMES) await must('build', name, '--platform', 'linux/amd64');
    expect(table(await must('update', ...NAMES)).at(-1)).toBe('Nothing to update.');
  });

  it('writes nothing in a dry run, and prints JSON', async () => {
    const {
      updateVersion,
      tools: found,
      files,
      failures,
    } = JSON.parse(await must('update', ...NAMES, '--dry-run', '--json')) as Record<string, unknown[]>;
    expect(await tools.files()).toEqual(old);
    expect({ updateVersion, failures }).toEqual({ updateVersion: 1, failures: [] });
    expect(found?.[1]).toMatchObject({ name: 'npm-tool', from: '1.0.0', to: '1.1.0', beyond: '2.0.0' });
    expect(files).toContain('tools/deb-tool/lock.json');
  });

  it('follows the policy of the tool before that of the workspace', async () => {
    const policy = (text: string) =>
      (old['tools/npm-tool/tool.json'] ?? '').replace('"license"', `${text}, "license"`);
    const versions: unknown[] = [];
    for (const text of ['"update": "none"', '"update": "patch"', '"update": "major"', '"coolDownDays": 0']) {
      await tools.write({ 'tools/npm-tool/tool.json': policy(text) });
      const report = await must('update', 'npm-tool', '--dry-run', '--json');
      versions.push((JSON.parse(report) as { tools: { to?: string }[] }).tools[0]?.to);
    }
    expect(versions).toEqual([undefined, undefined, '2.0.0', '1.2.0']);
  });

  it('reports all errors of all tools in one run, and writes the others', async () => {
    tools.vendor.fault({ path: /^api/, fault: { kind: 'status', status: 500 } });
    onTestFinished(() => tools.vendor.heal());
    const end = await run(['update', ...NAMES], { GOPROXY: 'file:///nowhere' });
    expect(end.exitCode).toBe(1);
    expect(end.stderr).toContain('go-tool');
    expect(end.stderr).toContain('https://api.github.com/repos/acme/tool/releases');
    const files = await tools.files();
    const moved = NAMES.filter((name) => files[`tools/${name}/tool.json`]?.includes('1.1.0'));
    expect(moved).toEqual(['npm-tool', 'deb-tool', 'page-tool']);
    const unknown = await run(['update', 'nope', 'neither']);
    expect(unknown.stderr.match(/There is no image or tool called/g)).toHaveLength(2);
  });

  it('keeps all files if a definition is changed during the run', async () => {
    const changed = join(tools.rig.folder, 'tools/npm-tool/tool.json');
    tools.hooks.onRequest = () => writeFileSync(changed, `${old['tools/npm-tool/tool.json']}\n`);
    onTestFinished(() => {
      delete tools.hooks.onRequest;
    });
    const end = await run(['update', 'page-tool']);
    expect(end.stderr).toContain('A definition or a lock was changed during this run');
    expect((await tools.files())['tools/page-tool/tool.json']).toBe(old['tools/page-tool/tool.json']);
  });

  it('refuses a newer version if the locked one has changed upstream', async () => {
    await tools.changePublished();
    onTestFinished(async () => tools.publishFiles('1.0.0'));
    const end = await run(['update', ...NAMES]);
    expect(end.exitCode).toBe(1);
    expect(end.stderr.match(/\((?:checksum|go-sum)\)/g)?.length).toBeGreaterThanOrEqual(NAMES.length);
    expect(await tools.files()).toEqual(old);
  });

  it('finishes what a killed one began; other commands refuse until then', async () => {
    const journal = join(tools.rig.folder, '.nx/image-tooling-unfinished.json');
    // Before the fifth, the journal is not complete.
    for (let moment = 5; !existsSync(journal); moment += 1)
      await run(['update', 'page-tool'], killedAt(moment, tools.rig.folder));
    await ageLocks(tools.rig.store);
    const refused = await run(['build', 'page-tool']);
    expect(refused.stderr).toContain('Run "image-tooling update --finish"');
    expect(await must('update', '--finish')).toContain(
      'Finished an interrupted command: wrote tools/page-tool',
    );
    expect(existsSync(journal)).toBe(false);
    expect((await tools.files())['tools/page-tool/tool.json']).toContain('1.1.0');
  });
});
