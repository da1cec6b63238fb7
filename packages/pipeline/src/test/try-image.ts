import {
  judgeListing,
  judgeSize,
  ok,
  planChecks,
  type CheckInput,
  type CheckOutcome,
  type Result,
  type TestReport,
} from '@image-tooling/model';
import type { Session } from '../session';
import { basePaths } from './base-paths';
import { checkInput } from './check-input';
import { homeOf } from './home';
import { runSteps, type Ran } from './run-steps';
import type { Subject } from './subject';

/**
 * Runs all checks of an image on the engine. Succeeds even if checks failed (see `passed`). Fails if not all
 * could run: as the engine does, and with `aborted`.
 */
export async function tryImage(
  session: Pick<Session, 'store' | 'context' | 'engine'>,
  subject: Subject,
): Promise<Result<TestReport>> {
  const began = Date.now();
  const { image, platform, manifest, system } = subject;
  const base = await basePaths(session.store, subject.inheritance.layers);
  if (!base.ok) return base;
  const input = checkInput(subject, base.value);
  const plan = planChecks(input);
  if (!plan.ok) return plan;
  const engine = await session.engine();
  if (!engine.ok) return engine;
  const ran = await runSteps(session, engine.value, {
    image: image.name,
    platform,
    system,
    config: input.config,
    home: homeOf(image, input.config),
    commands: plan.value.commands,
  });
  if (!ran.ok) return ran;
  const checks = outcomes(input, ran.value);
  return ok({
    reportVersion: 1,
    image: image.name,
    platform,
    manifest,
    engine: engine.value.name,
    isolated: ran.value.isolated,
    passed: checks.every(({ passed }) => passed),
    seconds: (Date.now() - began) / 1000,
    checks,
  });
}

function outcomes(input: CheckInput, ran: Ran): CheckOutcome[] {
  return [...ran.outcomes, ...judgeListing(input, ran.listing), judgeSize(input)];
}
