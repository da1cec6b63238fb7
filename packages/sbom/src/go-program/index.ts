export type { RandomBytes } from './bytes';
export { readBuildInfo } from './build-info';
export { ELF_MAGIC, readElf, type Elf } from './elf';
export { functionNames } from './function-names';
export type { BuildInfo, LinkedModule } from './modules';
export { goSymbols, type GoSymbol } from './symbol-name';
export { LinkedSymbols } from './linked-symbols';
