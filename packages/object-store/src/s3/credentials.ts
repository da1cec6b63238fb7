import { fail, ok, type Result } from '@image-tooling/model';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Returns the credentials of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Fails with `usage`. */
export function s3Credentials(env: NodeJS.ProcessEnv): Result<S3Credentials> {
  const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter((name) => !env[name]);
  if (missing.length > 0)
    return fail({
      code: 'usage',
      message: `S3 needs credentials, but ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set.`,
    });
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return ok({
    accessKeyId: env['AWS_ACCESS_KEY_ID']!,
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    ...(sessionToken && { sessionToken }),
  });
}
