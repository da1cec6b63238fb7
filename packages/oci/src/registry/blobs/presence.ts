import type { Digest } from '@image-tooling/model';
import { addressOf } from '../address';
import { ask } from '../answers/ask';
import { discard } from '../answers/read';
import { PULL, type Context } from '../context';

/** Whether a repository has a blob (OCI distribution-spec 1.1, "Checking if content exists in the registry"). */
export async function hasBlob(context: Context, digest: Digest): Promise<boolean> {
  const purpose = `look for the blob ${digest} in ${context.name.path}`;
  const url = addressOf(context, `blobs/${digest}`);
  const answer = await ask(context, { method: 'HEAD', url, purpose, scope: PULL }, 200, 404);
  void discard(answer);
  return answer.status === 200;
}
