export type { UserPassword } from './config';
export { whyNoRegistry } from './program';
export { RealRegistry, startRegistry, type RealRegistryOptions } from './registry';
export { startSmallDiskRegistry, whyNoSmallDisk, type SmallDiskRegistry } from './small-disk';
