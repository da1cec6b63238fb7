export { buildGoTool, type GoBuildRequest, type BuiltGoTool } from './build/build';
export type { LicenceFile } from './build/licences';
export { runGo } from './command';
export { offlineEnvironment } from './environment';
export { fetchGoModules, type FetchRequest } from './fetch/fetch';
export {
  listModule,
  listModuleVersions,
  withModule,
  type DownloadedModule,
  type ListedModule,
  type ModuleRequest,
} from './fetch/module';
export { openFetchSession, type FetchSession } from './fetch/session';
export { goInputs } from './build/inputs';
export type { ModuleVersions } from './lock/raise';
export { lockGoTool, type LockRequest } from './lock/lock';
export { moduleSum, raisedToolchain, readGoLock, type GoToolLock, type LockedGo } from './lock/lock-file';
export { goPaths, inTemporaryFolder, type GoPaths } from './paths';
export type { GoModuleTool, GoRun, GoTool } from './tool';
export { resolveToolchain } from './toolchain/raise';
export { ensureGoToolchain } from './toolchain/ensure';
export { PINNED_TOOLCHAIN, type ToolchainPin } from './pin';
export type { Toolchain } from './installed-toolchain';
