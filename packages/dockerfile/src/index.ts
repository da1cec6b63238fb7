export { proposeImage, type ImportRequest } from './propose';
export { formatReport } from './format-report';
export { releaseTemplate, versionOf, type ReleaseInput, type ReleaseTemplate } from './tools/template';
export { homepageOf } from './tools/release-tool';
export { nameInUrl } from './tools/installed';
export type * from './state/types';
