import { expect, it } from 'vitest';
import { symbolsOfPackages } from '../src';

it.each<[string, readonly string[], object | undefined]>([
  ['{"a":{"main":["m"],"x/y":["F","T.F"]},"b":{}}', ['x/y'], { a: { main: [], 'x/y': ['F', 'T.F'] }, b: {} }],
  ['{"a":{"main":["m"],"y":["F"]},"b":{"y":["G"]}}', ['y'], { a: { main: [], y: ['F'] }, b: { y: ['G'] } }],
  ['{"a":{"y":["F"]}}', [], { a: { y: [] } }],
  ['{"a":{"y":[]}}', ['y'], { a: { y: [] } }],
  ['{}', ['y'], {}],
  ['{"a":{"y":["F"', ['y'], undefined],
  ['{"a":{"y":["F"]}', ['y'], undefined],
  ['{"a":{"y":[1]}}', ['y'], undefined],
  ['{"a":["y"]}', ['y'], undefined],
  ['["y"]', ['y'], undefined],
  ['', ['y'], undefined],
])('the functions of some packages in the record %s', (record, wanted, expected) => {
  expect(symbolsOfPackages(record, new Set(wanted))).toEqual(expected);
});
