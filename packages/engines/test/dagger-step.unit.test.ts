import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '@image-tooling/testkit';
import { valueOf } from '@image-tooling/testkit/helpers';
import { dockerfileOf, roomFor } from '../src/dagger/step/dockerfile';
import { listed, openStepRig, worked, type StepRig } from './dagger-step-rig';

let rig: StepRig;
beforeEach(async () => {
  rig = await openStepRig();
});
afterEach(() => rig.close());

describe('results', () => {
  it('are what the runner wrote', async () => {
    rig.outcome = worked({
      '0/0.out': 'hello\n',
      '0/0.err': 'oh\n',
      '0/0.end': '3 100.10 102.35 \n',
    });
    expect(valueOf(await rig.run())).toEqual({
      commands: [{ exitCode: 3, stdout: 'hello\n', stderr: 'oh\n', timedOut: false, seconds: 2.25 }],
      isolated: true,
    });
  });

  it('are whole lines where a command ran out of time', async () => {
    rig.outcome = worked({ '0/0.out': 'whole\npart', '0/0.end': '137 1.00 2.00 late\n' });
    const [command] = valueOf(await rig.run()).commands;
    expect(command).toMatchObject({ exitCode: 137, timedOut: true, stdout: 'whole\n' });
  });

  it('are not isolated where the runner saw another interface', async () => {
    rig.outcome = worked({ '0/interfaces': 'lo\neth0\n' });
    expect(valueOf(await rig.run()).isolated).toBe(false);
  });

  it('end where the step stopped', async () => {
    rig.outcome = worked({ '0/0.end': '1 1.00 1.00 \n' });
    const commands = [{ argv: ['false'] }, { argv: ['id'], user: '1' }] as const;
    expect(valueOf(await rig.run({ commands })).commands).toMatchObject([{ exitCode: 1, timedOut: false }]);
  });

  it('that are missing are a failure', async () => {
    rig.outcome = { kind: 'built', files: {} };
    expect(failureOf(await rig.run())).toMatchObject({ code: 'engine' });
  });
});

describe('changes', () => {
  it('are the last layer, less the folder of the runner', async () => {
    rig.outcome = worked({}, rig.tarOf({ '.step/0/0.out': 'x', 'etc/new': 'new', 'etc/.wh.passwd': '' }));
    const changesTo = join(rig.folder, 'changes.tar');
    valueOf(await rig.run({ changesTo }));
    expect(listed(changesTo).sort()).toEqual(['etc/', 'etc/.wh.passwd', 'etc/new']);
  });

  it('are not written where a command failed, nor is what was there before left', async () => {
    rig.outcome = worked({ '0/0.end': '1 1.00 1.00 \n' });
    const changesTo = join(rig.folder, 'changes.tar');
    await writeFile(changesTo, 'old');
    valueOf(await rig.run({ changesTo }));
    expect(existsSync(changesTo)).toBe(false);
  });

  it('that are no tar are a failure, and nothing is left', async () => {
    rig.outcome = worked({}, Buffer.from('no tar at all'.repeat(100)));
    const changesTo = join(rig.folder, 'changes.tar');
    expect(failureOf(await rig.run({ changesTo }))).toMatchObject({ code: 'engine' });
    expect(readdirSync(rig.folder).filter((name) => name.includes('changes'))).toEqual([]);
  });
});

describe('what the engine is sent', () => {
  const upper = () => rig.tarLayer({ 'etc/.wh.passwd': '', 'data/.wh..wh..opq': '', 'data/new': 'x' });

  it('is a script with the commands, as a secret of the step alone', async () => {
    const commands = [
      { argv: ['sh', '-c', "echo it's $HOME\nand more"], user: '1000:1000', workdir: '/work' },
      { argv: ['id'], user: '1000:1000', env: { OWN: '1' }, timeoutSeconds: 5 },
      { argv: ['id'] },
    ] as const;
    valueOf(await rig.run({ commands }));
    const { args = {}, secrets = {}, target } = rig.server.builds[0] ?? {};
    const text = secrets[args['STEP_SECRET'] ?? ''] ?? '';
    expect(
      text.slice(0, text.indexOf('umask 022')) + text.slice(text.indexOf('case $1 in')),
    ).toMatchSnapshot();
    expect(target).toBe('none-2');
    expect(args).toMatchObject({ STEP_LABEL: 'base: try it', STEP_USER_0: '1000:1000', STEP_USER_1: '0:0' });
    expect(args).toMatchObject({ STEP_UID_0: '1000', STEP_GID_0: '1000', STEP_UID_1: '0' });
  });

  it('is the same Dockerfile for all steps', () => {
    expect(dockerfileOf({ runs: 2, mounts: 1 })).toMatchSnapshot();
    expect(roomFor({ runs: 1, mounts: 0 })).toEqual(roomFor({ runs: 8, mounts: 4 }));
    expect(roomFor({ runs: 9, mounts: 0 }).runs).toBeGreaterThanOrEqual(9);
    expect(roomFor({ runs: 1, mounts: 5 }).mounts).toBeGreaterThanOrEqual(5);
  });

  it('is the same context for two steps on a system, and another secret', async () => {
    const system = [rig.tarLayer({ 'etc/passwd': '' })] as const;
    await rig.run({ system });
    await rig.run({ system, commands: [{ argv: ['true'] }] });
    const [one, two] = rig.server.builds;
    expect(one?.context).toEqual(two?.context);
    expect(one?.dockerfile).toBe(two?.dockerfile);
    expect(one?.args['STEP_SECRET']).not.toBe(two?.args['STEP_SECRET']);
  });

  it('has network only where the step wants it', async () => {
    await rig.run();
    await rig.run({ network: 'host' });
    expect(rig.server.builds.map(({ target }) => target)).toEqual(['none-1', 'host-1']);
    const runs = dockerfileOf({ runs: 1, mounts: 0 }).match(/^RUN.*"0"]$/gm);
    expect(runs?.map((line) => line.startsWith('RUN --network=none '))).toEqual([true, false]);
  });

  it('is layers without their whiteouts: what those hide is removed from the layers below', async () => {
    const lower = rig.tarLayer({ 'etc/passwd': '' });
    valueOf(await rig.run({ system: [lower, upper()] }));
    const context = rig.server.builds[0]?.context ?? [];
    expect(context.join('\n')).toMatch(
      /folders\.tar; without (data etc\/passwd|etc\/passwd data)\nsystem <- .*without/,
    );
    expect(context.at(-1)).not.toContain('without');
    const sent = /layer <- (\S+\.tar)$/.exec(context.at(-1) ?? '')?.[1] ?? '';
    expect(listed(sent).join()).toContain('data/new');
    expect(listed(sent).join()).not.toContain('.wh.');
  });

  it("is nothing if a layer hides a name that can't be passed on", async () => {
    const odd = rig.tarLayer({ 'etc/.wh.a*b': '' });
    const failure = failureOf(await rig.run({ system: [rig.tarLayer({ 'etc/passwd': '' }), odd] }));
    expect(failure).toMatchObject({ code: 'engine', hint: expect.stringContaining('buildah') as string });
    expect(rig.server.builds).toEqual([]);
  });

  it('is a small mount as a script, a large one as a folder of the context', async () => {
    const [small, large] = ['small', 'large'].map((name) => join(rig.folder, name)) as [string, string];
    for (const path of [small, large]) await mkdir(path);
    await writeFile(join(small, 'given'), 'from the host\n');
    await writeFile(join(large, 'large.deb'), Buffer.alloc(100_000));
    await rig.run({ mounts: [{ source: small, target: '/mnt/in' }] });
    await rig.run({ mounts: [small, large].map((source, at) => ({ source, target: `/mnt/${at}` })) });
    const [one, two] = rig.server.builds;
    const { STEP_MOUNTS: kind, STEP_MOUNTS_SECRET: name = '' } = one?.args ?? {};
    expect(kind).toBe('script');
    expect(one?.secrets[name]).toContain('cd /.step/mounts/0');
    expect(one?.args).toMatchObject({ STEP_SOURCE_0: '0', STEP_TARGET_0: '/mnt/in' });
    expect(two?.args).toMatchObject({ STEP_MOUNTS: 'context', STEP_TARGET_1: '/mnt/1' });
    expect(two?.context.slice(-2)).toEqual([`mounts/0 <- ${small}`, `mounts/1 <- ${large}`]);
  });

  it('is nothing where a layer is not what its diff id says', async () => {
    const diffId = `sha256:${'0'.repeat(64)}` as const;
    const system = [{ ...rig.tarLayer({ a: 'x' }), diffId }] as const;
    expect(failureOf(await rig.run({ system })).code).toBe('checksum');
    expect(failureOf(await rig.run({ system })).code).toBe('checksum');
    expect(rig.server.builds).toEqual([]);
  });

  it('is nothing where the source of a mount is not there', async () => {
    const mounts = [{ source: join(rig.folder, 'gone'), target: '/mnt' }];
    expect(failureOf(await rig.run({ mounts }))).toMatchObject({ code: 'io', message: /gone/ });
    expect(rig.server.builds).toEqual([]);
  });

  it('is nothing where the step can not be written as a Dockerfile', async () => {
    const mounts = [{ source: rig.folder, target: '/mnt/a b' }];
    expect(failureOf(await rig.run({ mounts }))).toMatchObject({ code: 'usage' });
    const commands = [{ argv: ['id'], user: 'a b' }] as const;
    expect(failureOf(await rig.run({ commands }))).toMatchObject({ code: 'usage' });
    expect(rig.server.builds).toEqual([]);
  });
});
