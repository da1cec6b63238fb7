export type { RegistryAccess } from '../registry-access';
export { copyBetween, type Copied, type CopyRequest } from './copy';
export { parsePlace, type Place } from './place';
export { prune, type Pruned, type PruneRequest } from './prune';
export { rollback, type AliasMove, type RolledBack } from './rollback';
export { targetOf, targetsOf, type RegistryTarget } from './target';
export { yank, type Yanked, type YankRequest } from './yank';
