import { afterAll, beforeAll } from 'vitest';
import { describeLongBuildChecks } from './build-checks';
import { Chain } from './chain';
import { describeRegistryBase } from './on-registry-base';

let chain: Chain;

beforeAll(async () => {
  chain = await Chain.make();
}, 600_000);
afterAll(() => chain.remove());

describeLongBuildChecks(() => chain);
describeRegistryBase(() => chain);
