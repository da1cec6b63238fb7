export { ageLocks } from './age-locks';
export { gathered } from './gathered';
export { keptFile } from './kept-file';
export { largeContent } from './large-content';
export { promiseOf } from './promise-of';
export { randomFrom } from './random-from';
export { codesOf, failuresOf, valueOf } from './results';
export { SILENT } from './silent';
export { temporaryFolder } from './temporary-folder';
