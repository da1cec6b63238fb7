import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchGoModules } from '../src/go';
import { failureOf, GoRig, need, sha256, TOOL } from './go-rig';

// The standard library is compiled again in both.
describe('a tool from Go modules, by the real toolchain', () => {
  let rig: GoRig;
  beforeAll(async () => {
    rig = await GoRig.open();
  });
  afterAll(() => rig.close());

  it('continues after an aborted build, which leaves no process; with the same bytes in another folder and cache, with another user configuration', async () => {
    const env = await otherUser(rig);
    const cache = await rig.freshCache('elsewhere');
    const copy = await rig.changedFolder('a folder/with a space', 'go.mod', (text) => text);
    need(await rig.fetch(rig.run(cache, env), copy));
    const controller = new AbortController();
    const aborted = rig.run(cache, env, controller.signal);
    aborted.context.onLine = (line) => /\b[1-9]\d* of [\d,]+ packages, now/.test(line) && controller.abort();
    expect(await failureOf(rig.build('out2', aborted, copy))).toMatchObject({ code: 'aborted' });
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(rig.path('out2'));
    const second = need(await rig.build('out2', rig.run(cache, env), copy));
    const first = need(await rig.build('out1'));
    expect(await sha256(second.binary)).toBe(await sha256(first.binary));
    expect(second.licences).toEqual(first.licences);
  });

  it('builds for arm64 as well', async () => {
    need(await fetchGoModules({ tool: TOOL, folder: rig.folder, arches: ['amd64', 'arm64'] }, rig.run()));
    const built = need(await rig.build('out-arm64', rig.run(), rig.folder, 'arm64'));
    // ELF header, e_machine at byte 18: 183 is AArch64 (ELF for the Arm 64-bit Architecture, 4.1).
    expect((await readFile(built.binary)).readUInt16LE(18)).toBe(183);
  });
});

/** The environment of a user with a configuration of Go's, none of which may reach a build. */
async function otherUser(rig: GoRig): Promise<Readonly<Record<string, string>>> {
  const home = rig.path('home');
  const goEnv = 'GOFLAGS=-race -tags=other\nGOAMD64=v3\nCGO_ENABLED=1\nGOTOOLCHAIN=go1.99.0\n';
  await mkdir(join(home, '.config', 'go'), { recursive: true });
  await writeFile(join(home, '.config', 'go', 'env'), goEnv);
  return { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), GOFLAGS: '-tags=more', TZ: 'Asia/Tokyo' };
}
