import type { Digest } from '@image-tooling/model';
import { addressOf } from '../address';
import { ask } from '../answers/ask';
import { discard } from '../answers/read';
import { expectStatus } from '../answers/refusal';
import { PULL, type Context } from '../context';

/** Whether a repository has a blob (OCI distribution-spec 1.1, "Checking if content exists in the registry"). */
export async function hasBlob(context: Context, digest: Digest): Promise<boolean> {
  const purpose = `look for the blob ${digest} in ${context.name.path}`;
  const url = addressOf(context, `blobs/${digest}`);
  const answer = await ask(context, { method: 'HEAD', url, purpose, scope: PULL });
  discard(await expectStatus(answer, purpose, 200, 404));
  return answer.status === 200;
}
