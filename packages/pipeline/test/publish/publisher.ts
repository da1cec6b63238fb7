import { readFileSync } from 'node:fs';
import { runDelivery, type PublishPlan } from './rig';

// A publisher in a process of its own, to be killed: its plan is in a given file.
const plan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PublishPlan;
void runDelivery(plan).then(({ result }) => {
  process.stdout.write(`${JSON.stringify(result.ok ? { index: result.value.index.digest } : result)}\n`);
  process.exitCode = result.ok ? 0 : 1;
});
