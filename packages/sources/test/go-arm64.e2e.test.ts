import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fetchGoModules } from '../src/go';
import { GoRig, need, TOOL } from './go-rig';

it('builds a tool from Go modules for arm64 as well, for which the standard library is compiled again', async () => {
  const rig = await GoRig.open();
  try {
    need(await fetchGoModules({ tool: TOOL, folder: rig.folder, arches: ['amd64', 'arm64'] }, rig.run()));
    const built = need(await rig.build('out-arm64', rig.run(), rig.folder, 'arm64'));
    // ELF header, e_machine at byte 18: 183 is AArch64 (ELF for the Arm 64-bit Architecture, 4.1).
    expect((await readFile(built.binary)).readUInt16LE(18)).toBe(183);
  } finally {
    await rig.close();
  }
});
