import { lockAllStale } from '@image-tooling/pipeline';
import { noNames } from '../command/arguments';
import { said, type Command } from '../command/command';

/** Locks what was changed without its lock, as Renovate does. */
export const lockStale: Command = {
  flags: [],
  writesDefinitions: true,
  async run({ given, session }) {
    const none = noNames(given);
    if (!none.ok) return none;
    const opened = await session();
    if (!opened.ok) return opened;
    const locked = await lockAllStale(opened.value);
    if (!locked.ok) return locked;
    return said(
      locked.value.length > 0 ? locked.value.map((one) => `${one} is locked.`) : ['No lock is stale.'],
    );
  },
};
