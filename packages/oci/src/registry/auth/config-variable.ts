import { fail, ok, syntaxFailures, type Result } from '@image-tooling/model';
import { isObject, type Fields } from './fields';

/** Members of a config.json that contain or name credentials. */
const MEMBERS = ['auths', 'credHelpers', 'credsStore'];

/**
 * Reads the content of a config.json from a variable. Fails with `registry-auth` if it is invalid, where Docker
 * ignores it: the login would fail later, without credentials. No failure contains the value.
 */
export function variableContent(name: string, text: string): Result<Fields> {
  const content = parsedJson(text);
  if (content === undefined) return wrong(name, whyNoJson(name, text));
  if (!isObject(content)) return wrong(name, 'it is JSON, but not an object');
  if (!MEMBERS.some((member) => member in content)) return wrong(name, 'it has no "auths"');
  return ok(content);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whyNoJson(name: string, text: string): string {
  if (!/^\s*[[{"]/.test(text)) return 'it does not begin with "{"';
  const [{ place } = {}] = syntaxFailures(name, text);
  return `invalid JSON at line ${place?.line ?? 1}, column ${place?.column ?? 1}`;
}

function wrong(name: string, why: string): Result<never> {
  return fail({
    code: 'registry-auth',
    message: `${name} can't be read: ${why}.`,
    hint: `It holds the content of docker's config.json, {"auths": {"registry.example": {"auth": "<user:password in base64>"}}}. To name a file, use REGISTRY_AUTH_FILE.`,
  });
}
