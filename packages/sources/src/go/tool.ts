import type { RunContext } from '@image-tooling/model';
import type { Environment } from './environment';
import type { ToolchainPin } from './pin';

/** The part of a tool's definition that its lock is resolved from. */
export interface GoModuleTool {
  /** As in tools/<name>. */
  readonly name: string;
  /** Without a leading "v". */
  readonly version: string;
  /** Import path of the command. */
  readonly package: string;
  /** Path of the module that holds it. */
  readonly module: string;
  /** Versions for the module's own `replace` lines that point to folders: pattern to version template. */
  readonly replace?: Readonly<Record<string, string>>;
}

/** A tool that is built from Go modules: the `go` source of a tool.json, its name and its version. */
export interface GoTool extends GoModuleTool {
  /**
   * Flags for the linker; `{version}`, `{major}`, `{minor}`, `{patch}`, `{date}` and `{commit}` are replaced.
   */
  readonly ldflags: readonly string[];
  readonly tags?: readonly string[];
  /** Name of the program. Default: that of the tool. */
  readonly binary?: string | undefined;
}

/** The context of every operation on Go modules. */
export interface GoRun {
  /** Folder of the store; all Go files are in `<cache>/go`, its locks in `<cache>/locks`. */
  readonly cache: string;
  readonly context: RunContext;
  /** The user's environment, from which registries, proxies and pip's settings come. */
  readonly hostEnv: Environment;
  /** Default: `PINNED_TOOLCHAIN`. */
  readonly pin?: ToolchainPin;
}

/** Returns the version in Go's notation. */
export function moduleVersion(tool: Pick<GoModuleTool, 'version'>): string {
  return `v${tool.version}`;
}
