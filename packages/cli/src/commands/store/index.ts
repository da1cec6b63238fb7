import { commandGroup } from '../../command/group';
import { du } from './du';
import { exportTo } from './export';
import { importFrom } from './import';
import { ls } from './ls';
import { prune } from './prune';
import { verify } from './verify';

/** The commands on the store of this machine's user. Only an export builds, if something is missing. */
export const store = commandGroup('store', {
  ls,
  du,
  prune,
  verify,
  export: exportTo,
  import: importFrom,
});
