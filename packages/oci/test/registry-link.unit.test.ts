import { expect, it } from 'vitest';
import { nextPage } from '../src/registry/lists/link';

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
