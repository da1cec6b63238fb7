import { build } from './build';
import { check } from './check';
import { ciPlan } from './ci-plan';
import { converge } from './converge';
import type { Commands } from '../command/group';
import { explain } from './explain';
import { keygen } from './keygen';
import { load } from './load';
import { lock } from './lock';
import { lockStale } from './lock-stale';
import { publish } from './publish';
import { registry } from './registry';
import { rescan } from './rescan';
import { sbom } from './sbom';
import { scan } from './scan';
import { scanLock } from './scan-lock';
import { shell } from './shell';
import { store } from './store';
import { stale } from './stale';
import { test } from './test';
import { update } from './update';
import { verify } from './verify';
import { versions } from './versions';

export type { Command, Ending } from '../command/command';
export { commandNamed } from '../command/group';

export const COMMANDS: Commands = {
  check,
  build,
  test,
  lock,
  'lock-stale': lockStale,
  update,
  stale,
  load,
  explain,
  sbom,
  publish,
  converge,
  versions,
  scan,
  'scan-lock': scanLock,
  rescan,
  'ci-plan': ciPlan,
  shell,
  verify,
  keygen,
  registry,
  store,
};
