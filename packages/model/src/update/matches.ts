import { escapePattern } from '../definitions/template';

/** A version as tool.json has it, which ends before what can't be a part of it. */
const VERSION = String.raw`([0-9]+(?:\.[0-9]+)*(?:-[0-9A-Za-z][0-9A-Za-z.-]*)?)(?![0-9A-Za-z]|\.[0-9])`;

/**
 * Returns the versions in a text, each written as a template says: "v{version}".
 *
 * @param isWhole whether the text is one version, as a tag is
 */
export function versionsInText(text: string, template: string, isWhole = false): string[] {
  const [before = '', ...after] = template.split('{version}').map(escapePattern);
  const [first = '', ...more] = after;
  // A template may repeat the version: then each place must have the same one.
  const pattern = `${before}${VERSION}${first}${more.map((part) => `\\1${part}`).join('')}`;
  const bounded = isWhole ? `^${pattern}$` : `(?<![0-9A-Za-z.])${pattern}`;
  return [...text.matchAll(new RegExp(bounded, 'gm'))].flatMap(([, version]) => version ?? []);
}
