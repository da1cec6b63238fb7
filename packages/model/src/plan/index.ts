export * from './base';
export * from './difference';
export * from './formats';
export * from './help';
export * from './image-plan';
export * from './inherit';
export * from './layers-file';
export * from './system';
