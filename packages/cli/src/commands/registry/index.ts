import { commandGroup } from '../group';
import { copy } from './copy';
import { prune } from './prune';
import { rollback } from './rollback';
import { yank } from './yank';

/** What is done with images that are in a registry: none of it builds anything. */
export const registry = commandGroup('registry', { copy, prune, yank, rollback });
