import { expect, it } from 'vitest';
import { redirected } from '../src';

const FROM = new URL('https://a.example/folder/file?q#part');

it.each([
  ['other', 'https://a.example/folder/other'],
  ['//b.example/x#y', 'https://b.example/x'],
  ['http://a.example/file', 'redirected from https to http://a.example'],
  ['file:///etc/passwd', 'redirected from https to file://'],
  ['https://a.example/seen', 'redirected in a circle'],
  ['https://:', 'redirected to an invalid URL'],
  [undefined, 'redirected to an invalid URL'],
])('%s', (location, expected) =>
  expect(String(redirected(location, FROM, new Set(['https://a.example/seen'])))).toBe(expected),
);

it('follows ten, not eleven', () => {
  const seen = (count: number) =>
    new Set(Array.from({ length: count }, (_, nth) => `https://a.example/${nth}`));
  expect(redirected('on', FROM, seen(10))).toBeInstanceOf(URL);
  expect(redirected('on', FROM, seen(11))).toBe('redirected more than 10 times');
});
