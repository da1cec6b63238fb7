// The parts of model are imported by their own paths here: Nx loads this for each task that an executor runs.
export { startDetached } from './detached';
export { findProgram, hasProgram } from './find-program';
export * from './foreground';
export * from './kept-output';
export { eachLine, lastLines } from './lines';
export * from './owned-name';
export * from './process-id';
export * from './run';
export { startService, type ServiceRequest } from './service';
export * from './start';
export { killGroup, signalProcess } from './stop';
