export * from './command';
export * from './files';
export * from './locks';
export * from './network';
export { eachLine, lastLines } from './output';
export { findProgram, hasProgram } from './program';
export * from './redact';
export * from './running';
