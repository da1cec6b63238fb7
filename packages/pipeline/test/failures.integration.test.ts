import { afterAll, beforeAll } from 'vitest';
import { describeBadBuilds } from './bad-builds';
import { describeBuildChecks } from './build-checks';
import { Chain } from './chain';
import { describeKills } from './kills';
import { describeVendorImage } from './vendor-image';

// One file, so that the base system is built once.
let chain: Chain;

beforeAll(async () => {
  chain = await Chain.make();
}, 600_000);
afterAll(() => chain.remove());

describeBadBuilds(() => chain);
describeBuildChecks(() => chain);
describeVendorImage(() => chain);
describeKills(() => chain);
