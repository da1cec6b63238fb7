import type { ScanReport } from '@image-tooling/scan';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXTRA, HELLO } from '../fixture-images';
import { rebuilds } from './rebuilds';
import { HELLO_CVE, writeScanData } from './scan-data';
import { PublishWorkspace } from './workspace';

// What installs a base system again.
let workspace: PublishWorkspace;
beforeAll(async () => {
  workspace = await PublishWorkspace.open();
});
afterAll(() => workspace.close());

describe('an image that is built again from its commit', () => rebuilds(() => workspace));

describe('the command that fixes a Debian package', () => {
  const PLATFORM = ['--platform', 'linux/amd64'];
  const scan = async () => {
    const { exitCode } = await workspace.rig.run(['scan', 'base', ...PLATFORM]);
    const { findings } = await workspace.read<ScanReport>('images/base/dist/scan/linux-amd64/scan.json');
    return { exitCode, findings };
  };

  it('makes the scan pass', async () => {
    const { rig, archive } = workspace;
    await rig.write('scan.json', {});
    await writeScanData(rig);
    await archive.republish({ packages: [{ ...HELLO, version: '1.1' }, EXTRA] });
    const { exitCode, findings } = await scan();
    expect([exitCode, findings.map(({ id }) => id)]).toEqual([1, [HELLO_CVE]]);
    expect(findings[0]?.command).toBe('npx nx run base:lock --family');
    await rig.must(['lock', 'base', '--family']);
    await rig.must(['build', 'base', ...PLATFORM]);
    expect(await scan()).toEqual({ exitCode: 0, findings: [] });
  });
});
