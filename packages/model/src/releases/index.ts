export * from './notes';
export { changeLevel, highestLevel, raisedVersion, versionBefore, type ChangeLevel } from './level';
export { imageVersion, versionPrefix } from './version';
export * from './types';
