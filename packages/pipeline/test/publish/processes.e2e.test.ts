import { describeKilledPublishers, KINDS_OF_WRITES, WRITES } from './killed-publishers';
import { usePublishers } from './publisher-process';

const all = Array.from({ length: WRITES }, (_, index) => index + 1);

describeKilledPublishers(
  all.filter((nth) => !KINDS_OF_WRITES.includes(nth)),
  usePublishers(),
);
