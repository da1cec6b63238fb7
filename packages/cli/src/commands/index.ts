import { build } from './build';
import { check } from './check';
import type { Command } from './command';
import { explain } from './explain';
import { load } from './load';
import { lock } from './lock';
import { publish } from './publish';
import { registry } from './registry';
import { shell } from './shell';
import { store } from './store';
import { test } from './test';

export type { Command, Ending } from './command';

export const COMMANDS: Readonly<Record<string, Command>> = {
  check,
  build,
  test,
  lock,
  load,
  explain,
  publish,
  shell,
  registry,
  store,
};
