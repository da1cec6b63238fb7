export * from './archive';
export { writeAr, type ArEntry } from './ar-writer';
export { buildDeb, FIXTURE_TIME } from './build-deb';
export type { Fault, FaultRule } from './faults';
export type { FixtureFile, FixturePackage } from './package';
export { debPath, type ArchiveContent } from './publish';
export { FaultyServer } from './server';
export { SMALL_DEBIAN_SUITES, writeSmallDebian } from './small-debian';
export { signingKey, type KeyName } from './keys';
