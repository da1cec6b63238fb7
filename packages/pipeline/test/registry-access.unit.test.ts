import { expect, it } from 'vitest';
import { ok, type RunContext } from '@image-tooling/model';
import { alone } from '../src/registry-access';

it('reports the store, not the registry, if no lock can be written', async () => {
  const access = { env: { IMAGE_STORE: '/dev/null/store' }, context: {} as RunContext, plainHttp: false };
  const result = await alone(access, 'publish', async () => ok('done'));
  expect(result).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'io',
        message: expect.stringContaining("The store can't be in /dev/null/store") as string,
        hint: expect.stringContaining('IMAGE_STORE') as string,
      },
    ],
  });
});
