import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startFaultProxy,
  startRegistry,
  tagsOf,
  wholeAt,
  type FaultProxy,
  type FaultProxyOptions,
  type RealRegistry,
} from '@image-tooling/testkit';
import { expect } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { releasePlan, runDelivery, type Delivery, type PublishPlan } from './rig';

/** The environment of a publish: a registry behind a proxy, and a store. */
export class Surroundings {
  private readonly folders: string[] = [];
  private names = 0;

  private constructor(
    readonly registry: RealRegistry,
    readonly proxy: FaultProxy,
  ) {}

  /** @param proxied what is between the publish and the registry, in addition to faults */
  static async open(proxied: FaultProxyOptions = {}): Promise<Surroundings> {
    return Surroundings.around(await startRegistry(), proxied);
  }

  static async around(registry: RealRegistry, proxied: FaultProxyOptions = {}): Promise<Surroundings> {
    return new Surroundings(registry, await startFaultProxy(registry, proxied));
  }

  async close(): Promise<void> {
    await this.proxy.stop();
    await this.registry.stop();
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }

  /** Returns the folder of an empty store. */
  async store(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'publish-store-'));
    this.folders.push(folder);
    return folder;
  }

  /** Returns a release of a generated image to an empty repository, through the proxy. */
  async plan(version = '1.2.3', changed: Partial<PublishPlan> = {}): Promise<PublishPlan> {
    this.names += 1;
    return releasePlan(`${this.proxy.host}/team/demo-${this.names}`, await this.store(), version, changed);
  }

  /** Removes a tag on disk: this registry's API can't delete tags. */
  async removeTag({ repository }: PublishPlan, tag: string): Promise<void> {
    const folder = `docker/registry/v2/repositories/${pathOf(repository)}/_manifests/tags/${tag}`;
    await rm(join(this.registry.storage, folder), { recursive: true });
  }

  tags({ repository }: PublishPlan): Promise<string[]> {
    return tagsOf(this.registry, pathOf(repository));
  }

  /** Expects that everything that a tag points to is complete. */
  async expectWhole(plan: PublishPlan): Promise<void> {
    for (const tag of await this.tags(plan))
      expect(await wholeAt(this.registry, pathOf(plan.repository), tag)).toEqual([]);
  }

  /** Expects that the publish succeeds without faults, and all four tags point to it. */
  async expectPublished(plan: PublishPlan): Promise<Delivery> {
    this.proxy.heal();
    const delivery = await runDelivery(plan);
    valueOf(delivery.result);
    if (plan.mode.kind === 'release')
      expect(await this.tags(plan)).toEqual(expect.arrayContaining([plan.mode.version]));
    await this.expectWhole(plan);
    return delivery;
  }
}

/** `team/demo` of `host:port/team/demo`. */
export function pathOf(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1);
}

/** Returns the messages and hints of a failed delivery. */
export function told({ result }: Delivery): string {
  if (result.ok) throw new Error('it was published');
  return result.failures
    .map(({ code, message, hint }) => `${code}: ${message}${hint === undefined ? '' : ` | ${hint}`}`)
    .join('\n')
    .replace(/127\.0\.0\.1:\d+/g, '<registry>')
    .replace(/demo-\d+/g, 'demo')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:<hex>')
    .replace(TOO_SLOW, '<was too slow>');
}

/** Blobs that travel at once meet one or the other limit first. */
const TOO_SLOW =
  /(?:sent|took) (?:no byte for 1 s|too few bytes in 0\.5 s)(?: after \d+ bytes of the answer)?|gave no answer within 3 s/g;
