import { afterAll, beforeAll, describe, it } from 'vitest';
import { changeTests } from './changes';
import { commandTests } from './commands';
import { limitTests } from './limits';
import { openRig, type ContractOptions, type OpenEngine, type Rig } from './rig';

export { busyboxOf, packageOf } from './busybox';
export { perlLayers } from './system';
export { failureOf, openRig, type ContractOptions, type OpenEngine, type Rig } from './rig';

const PARTS = { commands: commandTests, changes: changeTests, limits: limitTests } as const;

/** Registers the tests that every engine passes. */
export function engineContract(name: string, open: OpenEngine, options: ContractOptions = {}): void {
  const { reasonToSkip, parts = ['commands', 'changes', 'limits'] } = options;
  describe(`engine contract: ${name}`, () => {
    if (reasonToSkip !== undefined) {
      it('is skipped as a whole', (context) => context.skip(reasonToSkip));
      return;
    }
    let rig: Rig | undefined;
    const opened = (): Rig => {
      if (!rig) throw new Error('The engine was not opened.');
      return rig;
    };
    beforeAll(async () => {
      rig = await openRig(open);
    });
    afterAll(() => rig?.close());
    for (const part of parts) describe(part, () => PARTS[part](opened, options));
  });
}
