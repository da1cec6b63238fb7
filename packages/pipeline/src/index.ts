export { buildProject, type Built } from './build';
export { checkBuild, type CheckedBuild } from './build-check';
export type { MadeImage } from './build/image';
export { explainProject, type ExplainRequest, type Explanation } from './explain';
export { loadImage, type Loaded, type LoadRequest } from './load';
export { parseCompression, parseLoadTarget, type LoadTarget } from './load/target';
export { lockAllStale, lockProject } from './lock';
export { updateProjects, type UpdateRequest } from './update';
export type * from './update/types';
export { findStale } from './stale';
export type * from './stale/types';
export { parseRaise } from './lock/tool-lock/raise';
export { httpTimings } from './http-timings';
export type { OpenLayerCache } from './cached-layers';
export { openSession, readingOnce, type Session, type SessionRequest } from './session';
export { loadOptions } from './workspace/load';
export { platformsOf } from './platforms';
export {
  converge,
  imageVersions,
  type Converged,
  type ConvergedImage,
  type ConvergedRelease,
  type ConvergeRequest,
} from './releases';
export { rescanImages, type Rescanned, type RescannedDigest, type RescanRequest } from './rescan';
export { scanImage, type Scanned } from './scan';
export { testImage, type Tested } from './test';
export { publishImage, type Published, type PublishRequest } from './publish';
export { VERIFY_MODES, type VerifyMode } from './publish/verify/verified';
export * from './registry';
export { verifyImage, type VerifyImageRequest } from './verify-image';
export { summarySettings, type SummarySettings } from './verify-image/summary-settings';
export { secondPartyPolicy, trustPolicy, type TrustOptions } from './verify-image/policy';
export * from './store';
export { lockVulnerabilityData, vulnerabilityReader } from './vulnerability-data';
export { readSbom, SBOM_FORMATS, type SbomFormat, type SbomRequest } from './sbom';
export { openShell, type ShellRequest } from './shell';
export { checkAll, type CheckedWorkspace, type CheckRequest } from './check';
export { stageImage } from './staging/push';
