import { counted, dayOf } from '@image-tooling/model';
import { lockVulnerabilityData } from '@image-tooling/pipeline';
import { noNames } from '../command/arguments';
import { said, type Command } from '../command/command';

/** Writes scan.lock.json: which vulnerabilities are known now. */
export const scanLock: Command = {
  flags: [],
  async run({ given, session }) {
    const none = noNames(given);
    if (!none.ok) return none;
    const opened = await session();
    if (!opened.ok) return opened;
    const locked = await lockVulnerabilityData(opened.value);
    if (!locked.ok) return locked;
    const { go, debian } = locked.value;
    return said([
      `Go's vulnerability database ${go.version}, of ${dayOf(go.time)}`,
      ...Object.entries(debian).map(([release, { time, sources }]) => {
        const count = Object.keys(sources).length;
        const fixes = Object.values(sources).flatMap((source) => Object.keys(source.fixes)).length;
        return `Debian ${release} of ${dayOf(time)}: ${counted(count, 'source package')}, ${counted(fixes, 'fix', 'fixes')}`;
      }),
      'scan.lock.json is written: commit it.',
    ]);
  },
};
