import { fail, ok, type Failure, type Result } from '@image-tooling/model';
import type { RepositoryName } from '../reference';
import type { ConfigFile } from './config-files';
import { fittingKeys, helperKey } from './config-keys';
import { readConfig } from './config-read';
import type { Credentials, CredentialsOptions } from './credential-types';
import { objectIn, textIn, type Fields } from './fields';
import { askHelper } from './helper';

/**
 * Returns the credentials for a registry from one file or variable: from its helper for that registry, else from the
 * file itself, else from its helper for all registries. Undefined if nothing is found.
 */
export async function credentialsInFile(
  file: ConfigFile,
  name: RepositoryName,
  options: CredentialsOptions,
): Promise<Result<Credentials | undefined>> {
  const config = await readConfig(file);
  if (!config.ok) return config;
  const fields = config.value ?? {};
  const ask = (helper: string) => askHelper({ helper, server: helperKey(name), file: file.path }, options);
  const ownHelper = helperFor(name, objectIn(fields['credHelpers']));
  if (ownHelper !== '') return ask(ownHelper);
  const written = writtenCredentials(file, name, objectIn(fields['auths']));
  if (!written.ok || written.value) return written;
  const store = textIn(fields, 'credsStore');
  return store === '' ? ok(undefined) : ask(store);
}

function helperFor(name: RepositoryName, helpers: Fields): string {
  const [key] = fittingKeys(name, Object.keys(helpers));
  return key === undefined ? '' : textIn(helpers, key);
}

function writtenCredentials(
  file: ConfigFile,
  name: RepositoryName,
  auths: Fields,
): Result<Credentials | undefined> {
  for (const key of fittingKeys(name, Object.keys(auths))) {
    const found = credentialsOf(objectIn(auths[key]), file.path);
    if (found === 'unreadable') return fail(unreadable(file, key));
    if (found) return ok(found);
  }
  return ok(undefined);
}

/** docker/cli, cli/config/types/authconfig.go: `identitytoken`, `registrytoken`, `auth`, `username`, `password`. */
function credentialsOf(entry: Fields, from: string): Credentials | 'unreadable' | undefined {
  if (textIn(entry, 'identitytoken') !== '')
    return { kind: 'identity', token: textIn(entry, 'identitytoken'), from };
  if (textIn(entry, 'registrytoken') !== '')
    return { kind: 'token', token: textIn(entry, 'registrytoken'), from };
  if (textIn(entry, 'auth') !== '') return decoded(textIn(entry, 'auth'), from);
  const username = textIn(entry, 'username');
  const password = textIn(entry, 'password');
  return username === '' || password === '' ? undefined : { kind: 'password', username, password, from };
}

/** `auth` is user name and password with a colon between them, in base64. */
function decoded(auth: string, from: string): Credentials | 'unreadable' {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) return 'unreadable';
  return {
    kind: 'password',
    username: text.slice(0, colon),
    // Old clients padded the password with zero bytes.
    password: text.slice(colon + 1).replace(/\0+$/, ''),
    from,
  };
}

function unreadable({ path, content }: ConfigFile, key: string): Failure {
  const message = `The credentials for ${key} in ${path} are not in docker's format: "auth" should be user:password in base64.`;
  if (content !== undefined)
    return { code: 'registry-auth', message, hint: 'Write it with: printf %s "user:password" | base64 -w0' };
  return { code: 'registry-auth', message, hint: `Run "docker login ${key}" again.`, place: { file: path } };
}
