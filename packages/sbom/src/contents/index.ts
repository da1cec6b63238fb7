export { readContents, type ReadRequest } from './read';
export { keptContentsOf, layerContentsOf, layerSymbolsOf, symbolsOfPackages } from './schema';
export { scopeOf } from './scope';
export { CONTENTS_VERSION } from './types';
export type {
  GoProgram,
  InstalledPackage,
  LayerContents,
  LayerSymbols,
  OsRelease,
  ReadLayer,
  Scope,
} from './types';
