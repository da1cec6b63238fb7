import { expect, it } from 'vitest';
import { MalformedLink, nextPage } from '../src/registry/lists/link';

const PAGE = new URL('https://registry.example/v2/a/tags/list?n=2');

it.each([
  [undefined, undefined],
  ['', undefined],
  ['</v2/a/tags/list?last=b&n=2>; rel="next"', 'https://registry.example/v2/a/tags/list?last=b&n=2'],
  ['</x>; rel=next', 'https://registry.example/x'],
  ['<?last=b>; title="a, b; c"; rel="prefetch next"', 'https://registry.example/v2/a/tags/list?last=b'],
  ['</x>; rel="prev", </y,z>; rel="NEXT"', 'https://registry.example/y,z'],
  ['<https://other.example/x>;rel="next"', 'https://other.example/x'],
  ['</x>; rel="nextish"', undefined],
  ['</x>; title="rel=next"', undefined],
  ['</x>; rel=nextish', undefined],
])('the next page of %s is %s', (header, expected) => expect(nextPage(header, PAGE)?.href).toBe(expected));

it.each([
  ['</x>;; rel="next" ;', 'https://registry.example/x'],
  [', </x>; foo; rel="next",', 'https://registry.example/x'],
  ['</x?a=b,c;d>; rel=next', 'https://registry.example/x?a=b,c;d'],
])('reads %s', (header, expected) => expect(nextPage(header, PAGE)?.href).toBe(expected));

it.each([
  '/x; rel="next"',
  '</x; rel="next"',
  '</x> rel="next"',
  '</x>; rel="next',
  '</x>; rel="prev" </y>; rel="next"',
  'rel="next"',
  '<https://registry.example:70000/x>; rel="next"',
  '<http://[>; rel="next"',
])('%s is not the end of a list', (header) => expect(() => nextPage(header, PAGE)).toThrow(MalformedLink));
