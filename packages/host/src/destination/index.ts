export { findDestination, findFolder, isStdout, STDOUT, type Destination, type StandardOutput } from './find';
export { destinationName, replaceFile, writeDestination, writeNewFile } from './write';
export { copySource, findSource, type Source, type StandardInput } from './source';
