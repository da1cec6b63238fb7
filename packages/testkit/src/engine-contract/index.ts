import { afterAll, beforeAll, describe, it } from 'vitest';
export { openRig, failureOf, valueOf, type OpenEngine, type Rig } from './rig';
import { changeTests } from './changes';
import { commandTests } from './commands';
import { limitTests } from './limits';
import { openRig, type OpenEngine, type Rig } from './rig';

/**
 * Registers the tests that every engine passes. `reasonToSkip`: why this machine can't run them on this engine;
 * it is printed.
 */
export function engineContract(name: string, open: OpenEngine, reasonToSkip?: string): void {
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

    describe('commands', () => commandTests(opened));
    describe('changes', () => changeTests(opened));
    describe('limits', () => limitTests(opened));
  });
}
