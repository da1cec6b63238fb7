import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  pagedTags,
  referrersApi,
  referrersLie,
  startRegistry,
  type RealRegistry,
  type Step,
} from '@image-tooling/testkit';
import { codesOf, valueOf } from '@image-tooling/testkit/helpers';
import { fallbackTag } from '../src/registry/referrers/list';
import { behindProxy, withHeaders, type Behind } from './registry-faults-helpers';
import { opened, pushedImage } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

const behind = (steps: readonly Step[] = []) => behindProxy(registry, steps);

describe('tags', () => {
  it('come in pages', async () => {
    const { proxy, to } = await behind([pagedTags(2)]);
    const manifest = await pushedImage(to, 'layer', 'a');
    for (const tag of ['b', 'c', 'd', 'e']) valueOf(await to.putManifest(manifest, tag));
    expect(valueOf(await to.listTags())).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(proxy.asked({ path: /tags\/list/ })).toHaveLength(3);
  });

  it.each([
    ['another host', 'http://127.0.0.1:9/v2/x/tags/list?n=1'],
    ['itself', '?n=1000'],
  ])('whose next page is at %s are refused', async (_, next) => {
    const { to } = await behind([withHeaders('GET', { link: `<${next}>; rel="next"` })]);
    await pushedImage(to, 'layer', 'a');
    expect(codesOf(await to.listTags())).toEqual(['http-status']);
  });
});

describe('referrers', () => {
  const mark = (n: number) => ({ artifactType: 'a/b', annotations: { n: String(n) }, content: [] });

  async function subjectIn({ to }: Behind) {
    const { digest, bytes, mediaType } = await pushedImage(to, 'layer', 'v1');
    return { digest, mediaType, size: bytes.length };
  }

  it('are listed in pages by a registry with the API, without a fallback tag', async () => {
    const place = await behind([referrersApi({ pageSize: 2 })]);
    const subject = await subjectIn(place);
    for (const n of [1, 2, 3]) valueOf(await place.to.attach(subject, mark(n)));
    const listed = valueOf(await place.to.listReferrers(subject.digest));
    expect(listed.map(({ annotations }) => annotations['n'])).toEqual(['1', '2', '3']);
    expect(valueOf(await place.to.listTags())).toEqual(['v1']);
  });

  it('are kept in a fallback tag if a registry claims the API and lacks it', async () => {
    const place = await behind([referrersLie()]);
    const subject = await subjectIn(place);
    for (const n of [1, 2]) valueOf(await place.to.attach(subject, mark(n)));
    expect(valueOf(await place.to.listReferrers(subject.digest))).toHaveLength(2);
  });

  it('are written again if another writer overwrote the list', async () => {
    const place = await behind();
    const subject = await subjectIn(place);
    const direct = opened(registry.host, place.to.name.path);
    const path = new RegExp(`manifests/${fallbackTag(subject.digest)}`);
    const old = valueOf(await direct.attach(subject, mark(0)));
    const before = valueOf(await direct.getManifest(fallbackTag(subject.digest)));
    const work = async () => valueOf(await direct.putManifest(before!, fallbackTag(subject.digest)));
    place.proxy.fault({ method: 'PUT', path, times: 2, fault: { kind: 'run', when: 'answered', work } });
    const ours = valueOf(await place.to.attach(subject, mark(1)));
    const listed = valueOf(await direct.listReferrers(subject.digest)).map(({ digest }) => digest);
    expect(listed).toEqual([old.digest, ours.digest]);
    expect(place.proxy.asked({ method: 'PUT', path })).toHaveLength(3);
  });

  it('that are overwritten each time are a failure', async () => {
    const place = await behind();
    const subject = await subjectIn(place);
    const path = new RegExp(`manifests/${fallbackTag(subject.digest)}`);
    place.proxy.fault({ method: 'GET', path, fault: { kind: 'answer', status: 404 } });
    expect(codesOf(await place.to.attach(subject, mark(1)))).toEqual(['registry-refused']);
  });
});
