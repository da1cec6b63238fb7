export { allowFewFiles } from './few-files';
export type { CommandLineEnd, StartedCommandLine } from './command-line';
export { steady } from './normalise';
export { createRig, WorkspaceRig, type RigOptions } from './rig';
export { descendantsOf, leftoversOf, stillRunning, type Leftovers, type RunningProcess } from './leftovers';
