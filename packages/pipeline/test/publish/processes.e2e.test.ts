import { afterAll, beforeAll, beforeEach } from 'vitest';
import { describeKilledPublishers, KINDS_OF_WRITES, WRITES } from './killed-publishers';
import { Publishers } from './publisher-process';
import { Surroundings } from './surroundings';

let at: Surroundings;
let publishers: Publishers;
beforeAll(async () => {
  at = await Surroundings.open();
  publishers = await Publishers.open();
});
afterAll(async () => {
  await at.close();
  await publishers.close();
});
beforeEach(() => {
  at.proxy.heal();
  at.proxy.forget();
});

const all = Array.from({ length: WRITES }, (_, at) => at + 1);

describeKilledPublishers(
  all.filter((nth) => !KINDS_OF_WRITES.includes(nth)),
  () => at,
  () => publishers,
);
