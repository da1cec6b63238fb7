import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = resolve(__dirname, '..');
const PACKAGES = readdirSync(join(ROOT, 'packages'));

it('every source path that the documentation names exists', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
    ...PACKAGES.map((name) => `packages/${name}/README.md`),
  ];
  const named = pages.flatMap((page) => sourcePaths(page).map((path) => ({ page, path })));
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ page, path }) => !isThere(page, path))).toEqual([]);
});

it('every link between pages leads to a file, and to a heading that is in it', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', ...markdownFiles('docs'), ...markdownFiles('packages')];
  const links = pages.flatMap((page) => linksOf(page).map((link) => ({ page, link })));
  expect(links.length).toBeGreaterThan(50);
  expect(links.filter(({ page, link }) => !leadsSomewhere(page, link))).toEqual([]);
});

function markdownFiles(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md') && !/(^|\/)(node_modules|fixtures|templates)\//.test(name))
    .map((name) => join(folder, name));
}

/** Returns the targets of Markdown links, without addresses of the web. */
function linksOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```/gms, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link!)
    .filter((link) => !/^https?:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(target).includes(heading);
}

/** Returns headings as GitHub's anchors: lower case, hyphens for spaces, no punctuation. */
function headingsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns what stands in backticks and begins with packages/ or, in a package's own page, src/. */
function sourcePaths(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/`((?:packages|src)\/[\w./-]+)`/g)].map(([, path]) => path!);
}

function isThere(page: string, path: string): boolean {
  const from = path.startsWith('src/') ? dirname(page) : '';
  return existsSync(join(ROOT, from, path));
}
