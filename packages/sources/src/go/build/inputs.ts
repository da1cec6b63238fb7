import {
  all,
  digestOf,
  expandTemplate,
  ok,
  versionValues,
  type Arch,
  type Json,
  type Result,
} from '@image-tooling/model';
import { moduleSum, type GoToolLock } from '../lock/lock-file';
import { moduleVersion, type GoTool } from '../tool';

/** Raise this when the same inputs give another program or other licence files. */
const FORMAT = 1;

/** Always set: no symbol table, no DWARF (`go tool link`), as the vendors' own releases. */
const STRIP = ['-s', '-w'];

/**
 * Returns everything that decides the bytes of a tool built from Go modules, for its build id. Place, time,
 * host and registry are not part of it. Fails with `schema` for an unknown placeholder in a linker flag.
 */
export function goInputs(tool: GoTool, lock: GoToolLock, arch: Arch): Result<Json> {
  const flags = linkerFlags(tool, lock, arch);
  if (!flags.ok) return flags;
  return ok({
    source: 'go',
    format: FORMAT,
    module: `${tool.module}@${moduleVersion(tool)}`,
    package: tool.package,
    binary: binaryName(tool),
    goMod: digestOf(lock.goMod),
    goSum: digestOf(lock.goSum),
    toolchain: `go${lock.go.toolchain}`,
    ldflags: flags.value,
    tags: tool.tags ?? [],
    arch,
  });
}

/** Returns the common linker flags, then the tool's with their placeholders replaced. */
export function linkerFlags(tool: GoTool, lock: GoToolLock, arch: Arch): Result<string[]> {
  const values = {
    ...versionValues(tool.version),
    arch,
    date: new Date(lock.go.time * 1000).toISOString().replace('.000Z', 'Z'),
    commit: lock.go.commit ?? moduleSum(lock.goSum, tool),
  };
  const expanded = all(tool.ldflags.map((flag) => expandTemplate(flag, values)));
  return expanded.ok ? ok([...STRIP, ...expanded.value]) : expanded;
}

export function binaryName(tool: Pick<GoTool, 'binary' | 'name'>): string {
  return tool.binary ?? tool.name;
}
