import { commandGroup } from '../group';
import { du } from './du';
import { exportTo } from './export';
import { importFrom } from './import';
import { ls } from './ls';
import { prune } from './prune';
import { verify } from './verify';

/** What is done with the store of this machine's user: none of it builds anything but what an export lacks. */
export const store = commandGroup('store', {
  ls,
  du,
  prune,
  verify,
  export: exportTo,
  import: importFrom,
});
