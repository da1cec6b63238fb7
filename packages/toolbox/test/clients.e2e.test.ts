import type { Daemon } from '@image-tooling/testkit/interop';
import { startMoto, type Moto } from '@image-tooling/testkit/programs';
import { afterAll, beforeAll } from 'vitest';
import { checkAws } from './clients/aws';
import { checkKubectl } from './clients/kubectl';
import { checkOpenStack } from './clients/openstack';
import { describeEngines } from './each-engine';
import type { RealEngine } from './real-engines';
import { startCluster, type Cluster } from './services/cluster';
import { buildImages, loadBuilt } from './services/images';
import { startKeystone, type Keystone } from './services/keystone';

// kubectl, helm, aws and openstack of our images, called by toolbox, against the services that they are for.
const AWS = 'tooling-k8s-aws';
const OPENSTACK = 'tooling-k8s-openstack';

let cluster: Cluster;
let moto: Moto;
let keystone: Keystone;
const started: Daemon[] = [];

beforeAll(async () => {
  await buildImages(AWS, OPENSTACK);
  started.push((cluster = await startCluster()));
  started.push((moto = await startMoto()));
  started.push((keystone = await startKeystone()));
});
afterAll(async () => {
  for (const service of started) await service.stop();
});

const loaded = new Map<string, string>();
const imageOf = (name: string) => (engine: RealEngine) => loaded.get(`${engine.name} ${name}`)!;

describeEngines(
  (check) => {
    checkKubectl(check, imageOf(AWS), () => cluster);
    checkAws(check, imageOf(AWS), () => moto.url);
    checkOpenStack(check, imageOf(OPENSTACK), () => keystone);
  },
  async (engine) => {
    for (const name of [AWS, OPENSTACK]) loaded.set(`${engine.name} ${name}`, await loadBuilt(engine, name));
  },
);
