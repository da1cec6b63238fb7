export { proposeImage, type ImportRequest } from './propose';
export { formatReport } from './format-report';
export { releaseTemplate, type ReleaseTemplate } from './tools/template';
export { homepageOf } from './tools/release-tool';
export type * from './state/types';
