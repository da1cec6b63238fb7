import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy, startRegistry, type RealRegistry, type Step } from '@image-tooling/testkit';
import { valueOf } from './helpers';
import { behindProxy, BLOB, UPLOAD } from './registry-faults-helpers';
import { pushedImage } from './registry-helpers';

let registry: RealRegistry;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

async function otherProxy(steps: readonly Step[] = []) {
  const other = await startFaultProxy(registry, { steps });
  onTestFinished(() => other.stop());
  return other;
}

describe('an upload that is sent on with 307', () => {
  it('brings its bytes to where it is sent, manifests too', async () => {
    const other = await otherProxy();
    const { proxy, to } = await behindProxy(registry);
    proxy.fault({ method: /P/, fault: { kind: 'redirect', to: other.url } });
    expect(valueOf(await to.pushBlob(BLOB)).how).toBe('pushed');
    const { digest } = await pushedImage(to, 'layer', 'v1');
    expect(valueOf(await to.headManifest('v1'))?.digest).toBe(digest);
    expect(other.asked({ method: 'PUT', path: UPLOAD })[0]?.receivedBytes).toBe(BLOB.size);
  });

  it('reads its blob once more where the answer came early', async () => {
    const other = await otherProxy();
    const early: Step = async ({ record, target, response }, next) => {
      if (record.method !== 'PUT' || !UPLOAD.test(record.path)) return next();
      response.writeHead(307, { location: new URL(target, other.url).href }).end();
    };
    const { to } = await behindProxy(registry, [early]);
    let counted = 0;
    valueOf(await to.pushBlob(BLOB, { onBytes: (count) => void (counted += count) }));
    expect(counted).toBe(BLOB.size);
    expect(other.asked({ method: 'PUT' })[0]?.receivedBytes).toBe(BLOB.size);
  });
});
