import { join } from 'node:path';
import { caught, sha256OfFile } from '@image-tooling/host';
import { all, ARCHES, ok, type Arch, type Result } from '@image-tooling/model';
import { goPaths, inTemporaryFolder } from '../paths';
import { wheelTag, type ToolchainPin } from '../pin';
import type { GoRun } from '../tool';
import { downloadUnpinnedWheel } from './download';

/**
 * Returns a version of the toolchain with the hashes of its wheels for all hosts, which are downloaded with pip. Fails as
 * `ensureGoToolchain` does.
 */
export async function resolveToolchain(version: string, run: GoRun): Promise<Result<ToolchainPin>> {
  const step = run.context.progress.step(`Go ${version}: resolve the toolchain`);
  const hashes = await inTemporaryFolder(goPaths(run.cache), 'wheels', async (folder) => {
    const found: Result<string>[] = [];
    for (const arch of ARCHES) {
      step.status(`downloading for ${arch}`);
      found.push(await hashOf({ version, arch, folder: join(folder, arch) }, run));
    }
    return all(found);
  });
  if (!hashes.ok) {
    step.failed();
    return hashes;
  }
  step.done({ origin: 'fetched' });
  const [amd64 = '', arm64 = ''] = hashes.value;
  return ok({ version, wheels: { amd64: { sha256: amd64 }, arm64: { sha256: arm64 } } });
}

interface WheelRequest {
  readonly version: string;
  readonly arch: Arch;
  readonly folder: string;
}

async function hashOf({ version, arch, folder }: WheelRequest, run: GoRun): Promise<Result<string>> {
  const wheel = await downloadUnpinnedWheel(run, { version, platformTag: wheelTag(arch) }, folder);
  return wheel.ok ? caught(wheel.value.path, () => sha256OfFile(wheel.value.path)) : wheel;
}
