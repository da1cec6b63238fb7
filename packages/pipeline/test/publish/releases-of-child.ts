import { canonicalJson, digestOf, type DebianPackage, type Json } from '@image-tooling/model';
import { openStore } from '@image-tooling/oci';
import { inventoryOf, sbomDocuments } from '@image-tooling/sbom';
import { valueOf } from '@image-tooling/testkit/helpers';
import { generatedPlatform } from './generated-platform';
import { releasePlan, type PublishPlan } from './rig';
import { KEYS, withKey } from './signed';
import type { PublishWorkspace } from './workspace';

/** More than any answer that a re-scan reads. */
export const LAYER_BYTES = 300_000;

/** Returns a generated release of the child that was published before images were signed. */
export function unsignedPlan({ rig, registry }: PublishWorkspace, team: string): PublishPlan {
  const layers = { 'linux/amd64': ['unsigned'] };
  const plan = releasePlan(`${registry.host}/${team}/child`, `${rig.store}-generated`, '9.9.9', { layers });
  return { ...plan, image: 'child', layerSize: LAYER_BYTES };
}

/** Returns a generated, signed release of the child, with an SBOM that names its own manifest. */
export async function releaseWithSbom(
  workspace: PublishWorkspace,
  team: string,
  nth: number,
): Promise<PublishPlan> {
  const plan = unsignedPlan(workspace, team);
  const seeds = [`release ${nth}`];
  const store = valueOf(await openStore(plan.store));
  const { manifest } = await generatedPlatform('linux/amd64', seeds, LAYER_BYTES, store, []);
  const inventory = inventoryOf({
    ...{ image: 'child', description: 'A child', platform: 'linux/amd64', created: 0 },
    ...{ manifest: manifest.digest, layers: [], tools: [], contents: new Map() },
  });
  const hello = { name: 'fixture-hello', version: '1.0' };
  const component: DebianPackage = {
    ...{ kind: 'deb', ...hello, source: hello, architecture: 'all', dependsOn: [] },
    layer: digestOf(canonicalJson(nth)),
  };
  const { cycloneDx } = await sbomDocuments({ ...inventory, components: [component] });
  return {
    ...plan,
    layers: { 'linux/amd64': seeds },
    mode: { kind: 'release', version: `1.0.${nth}` },
    signing: withKey(KEYS.privateKey),
    sbom: JSON.parse(cycloneDx) as Json,
  };
}
