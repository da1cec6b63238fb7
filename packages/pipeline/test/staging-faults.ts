import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf, type DigestFile, type LayersFile } from '@image-tooling/model';
import { expect, it, onTestFinished } from 'vitest';
import { answer, LOGIN, named, SHORT, type NamedFault } from './named-faults';
import { DIST, type PublishWorkspace } from './publish/workspace';
import { NO_ENGINE, PUSH, stagingClone, stagingOnly } from './staging-clone';

const ANY = { path: /team\/staging/ };
const GET = { method: 'GET', path: /staging\/blobs/ };
const DOWN = { IMAGE_STAGING: '127.0.0.1:9/team/staging' };

const OF_A_HIT: readonly NamedFault[] = [
  ['is down', 'connect', { ...ANY, fault: answer(200) }, DOWN],
  ['does not answer', 'no answer', { ...ANY, fault: { kind: 'hang' } }, SHORT],
  ['wants a login', '(401)', { ...ANY, fault: answer(401, LOGIN) }],
  ['lies', 'gave wrong bytes', { ...GET, fault: { kind: 'flip-bit', at: 20 } }],
];

const OF_A_BUILD: readonly NamedFault[] = [
  ['is down', 'connect', { ...ANY, fault: answer(200) }, DOWN],
  ['does not answer', 'no answer', { ...ANY, fault: { kind: 'hang' } }, SHORT],
  ['wants a login', '(401)', { ...ANY, fault: answer(401, LOGIN) }],
  ['takes no manifest', '403', { method: 'PUT', path: /manifests/, fault: answer(403) }],
];

/** Faults of staging, for a hit and for a build that writes there; those with these names (default: all). */
export function stagingFaults(
  main: () => PublishWorkspace,
  names: { readonly hit?: readonly string[]; readonly build?: readonly string[] } = {},
): void {
  it.each(named(OF_A_HIT, names.hit))(
    'costs a hit nothing but a note if it %s: the files layer is made again',
    async (_, note, rule, env) => {
      const rig = await stagingClone(main());
      const warm = await main().rig.bash(
        `tar -C ${main().rig.store} --exclude ./engine -c . | tar -C ${rig.store} -x`,
      );
      expect(warm.exitCode).toBe(0);
      const { layers } = await main().read<LayersFile>(`images/child/${DIST}/layers.json`);
      const files = layers.find(({ kind }) => kind === 'files');
      await rm(join(rig.store, 'blobs', 'sha256', hexOf(files?.digest ?? 'sha256:')));
      main().proxy.fault(rule);
      onTestFinished(() => main().proxy.heal());
      const out = await rig.must(
        ['load', 'child', '--to=oci:out'],
        stagingOnly(main(), { ...NO_ENGINE, ...env }),
      );
      expect(out.split('\n').filter((line) => line.includes("the files layer can't be pulled"))).toEqual([
        expect.stringContaining(note),
      ]);
      expect(out).toContain('base: files layer  built');
      expect(out).toContain(
        `digest ${(await main().read<DigestFile>(`images/child/${DIST}/digest.json`)).manifest}`,
      );
    },
  );

  it.each(named(OF_A_BUILD, names.build))(
    'never fails a build if it %s: the next ones are silent, until it is tried again',
    async (_, note, rule, env = {}) => {
      const rig = await stagingClone(main());
      const repository = { IMAGE_STAGING: `${main().proxy.host}/team/staging-${rule.fault.kind}`, ...env };
      main().proxy.fault(rule);
      onTestFinished(() => main().proxy.heal());
      const build = () =>
        rig.must(['build', 'base'], stagingOnly(main(), { ...PUSH, ...env, ...repository }));
      expect(await build()).toMatch(
        new RegExp(`base: its layers are not in the staging repository.*${note.replace(/[()]/g, '.')}`),
      );
      expect(await build()).not.toContain('staging');
      main().proxy.heal();
      await rm(join(rig.store, 'staging'), { recursive: true });
      expect(await build()).toContain(env['IMAGE_STAGING'] === undefined ? 'stage the' : 'staging');
    },
  );
}
