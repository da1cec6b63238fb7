import type { OsRelease } from './types';

/** os-release(5): two places, since the first may not be a link. */
export const OS_RELEASE = ['usr/lib/os-release', 'etc/os-release'];

/** Reads os-release(5); undefined without an ID. */
export function readOsRelease(text: string): OsRelease | undefined {
  const value = (key: string): string | undefined =>
    new RegExp(`^${key}=(?:"([^"]*)"|'([^']*)'|(\\S*))$`, 'm').exec(text)?.slice(1).find(Boolean);
  const [id, version, codename] = [value('ID'), value('VERSION_ID'), value('VERSION_CODENAME')];
  if (id === undefined) return undefined;
  return { id, ...(version !== undefined && { version }), ...(codename !== undefined && { codename }) };
}
