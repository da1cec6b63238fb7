import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '@image-tooling/model';
import { hashOfToken } from '../access';
import { NO_NAMESPACE } from '../config';
import type { Arguments } from './arguments';

/** Returns the text that gives a new token, once, and its line for the file of static tokens. Fails with `usage`. */
export function newToken({ values }: Arguments): Result<string> {
  const { name, project, role, namespace } = values;
  if (name === undefined || project === undefined || (role !== 'read' && role !== 'write'))
    return fail({
      code: 'usage',
      message: 'token needs --name, --project, and --role=read or --role=write.',
      hint: 'For example: cache-server token --name=laptops --project=tooling --role=read',
    });
  if (role === 'write' && namespace === undefined)
    return fail({
      code: 'usage',
      message: NO_NAMESPACE,
      hint: 'Add --namespace=<name>.',
    });
  const token = `icc_${randomBytes(32).toString('base64url')}`;
  const entry = { name, sha256: hashOfToken(token), project, ...(namespace && { namespace }), role };
  return ok(
    `The token, which is shown only now:\n${token}\n\nFor "tokens" of the file with static tokens:\n${JSON.stringify(entry)}\n`,
  );
}
