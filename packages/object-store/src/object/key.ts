import { Fault } from '@image-tooling/host';

/** Characters that are the same in a file name, a URL and S3's XML. A leading dot is for a store's own files. */
const SEGMENT = /^(?!\.)[A-Za-z0-9._-]{1,200}$/;

/** S3 allows 1024 bytes, and the prefix of a URL comes before. */
const LONGEST = 600;

/** Returns whether a text is a key: names of letters, digits, ".", "_" and "-", separated by "/". */
export function isKey(text: string): boolean {
  return text.length <= LONGEST && text.split('/').every((name) => SEGMENT.test(name));
}

/** Throws a `Fault` with `usage` for a text that is not a key: it could name a file outside the store. */
export function checkKey(key: string): void {
  if (isKey(key)) return;
  const message = `${JSON.stringify(key)} is not the name of an object; expected names of letters, digits, ".", "_" and "-", separated by "/".`;
  throw new Fault({ code: 'usage', message });
}
