import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { callsIn, mistakesOfCall, type Call } from './workflows/commands';

const ROOT = resolve(__dirname, '..');
const DOCS = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const PAGES = ['README.md', 'CONTRIBUTING.md', ...DOCS.map((name) => `docs/${name}`)];

it('every command of image-tooling that the documentation shows exists, with its options', () => {
  const calls = PAGES.flatMap(callsOn);
  expect(calls.length).toBeGreaterThan(40);
  expect(calls.flatMap(mistakesOfCall)).toEqual([]);
});

it('the first week shows a command for each task', () => {
  const sections = readFileSync(join(ROOT, 'docs/first-week.md'), 'utf8').split(/^## /m).slice(1);
  const without = sections.filter((section) => !/^ *npx (image-tooling|nx) /m.test(section));
  expect(sections).toHaveLength(6);
  expect(without.map((section) => section.split('\n')[0])).toEqual([]);
});

/** Returns the calls in blocks of shell. */
function callsOn(page: string): Call[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/\\\n\s*/g, ' ');
  const blocks = [...text.matchAll(/^ *```sh\n(.*?)^ *```/gms)].map(([, block]) => block!);
  return blocks.flatMap((block) => callsIn(block, { place: page, program: 'image-tooling' }));
}
