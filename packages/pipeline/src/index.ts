export { buildProject, type Built } from './build';
export type { MadeImage } from './build/image';
export { loadImage, type Loaded, type LoadRequest } from './load';
export { parseCompression, parseLoadTarget, type LoadTarget } from './load/target';
export { lockProject } from './lock';
export { openSession, type Session, type SessionRequest } from './session';
export { loadOptions } from './workspace/load';
export { testImage, type Tested } from './test';
