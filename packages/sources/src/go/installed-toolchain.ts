/** A Go toolchain on this machine. */
export interface Toolchain {
  /** GOROOT: holds bin/go, src and pkg/tool. */
  readonly root: string;
  /** Without "go": 1.27.3. */
  readonly version: string;
  /** Folder with the toolchain's own licence files. */
  readonly licences: string;
}
