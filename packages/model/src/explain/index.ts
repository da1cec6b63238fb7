export { explainImage, type ImageInput } from './image';
export { imageConfigSchema, type ImageConfigJson } from './image-config';
export { imageExplanationLines } from './image-text';
export * from './path';
export { explainTool, type ToolInput } from './tool';
export { toolExplanationLines } from './tool-text';
export * from './types';
export * from './why';
