import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunCheck, parseTool, readWorkspace, type FileText } from '../src';
import { files, imageFile, shown, TOOL, toolFile, valueOf } from './definitions-fixtures';

const ROOT = join(__dirname, '../../..');

function committed(folder: string, name: string): FileText[] {
  return readdirSync(join(ROOT, folder))
    .map((entry) => `${folder}/${entry}/${name}`)
    .filter((file) => existsSync(join(ROOT, file)))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

describe('the definitions of this repository', () => {
  it('hold no mistake', () => {
    const images = committed('images', 'image.json');
    expect(images.map(({ file }) => file)).toContain('images/base/image.json');
    expect(shown(readWorkspace(files(images, committed('tools', 'tool.json'))))).toBe('no mistake');
  });

  it.each(committed('tools', 'tool.json'))('$file has a check that proves its version', ({ file, text }) => {
    const { checks } = valueOf(parseTool(file, text)).value;
    const outputs = checks.flatMap((check) => (isRunCheck(check) ? [check.stdout, check.stderr] : []));
    expect(outputs.some((pattern) => pattern?.includes('{version}'))).toBe(true);
  });
});

describe('a workspace of 200 images and 200 tools', () => {
  const numbers = [...Array(200).keys()];
  const release = { url: 'https://tool.invalid/{version}/{arch}', files: { tool: 'bin/tool' } };
  const tools = numbers.map((n) => toolFile(`tool-${n}`, { sources: { ...TOOL.sources, release } }));
  const images = numbers.map((n) =>
    imageFile(`image-${n}`, {
      ...(n % 10 > 0 && { from: { image: `image-${n - 1}` } }),
      packages: [`package-a${n}`, `package-b${n}`],
      tools: [`tool-${n}`],
      checks: [{ run: ['tool', '--version'], stdout: '^[0-9]+' }],
    }),
  );

  it('is read within 200 ms of processor time, three times that on a slow machine', () => {
    const before = process.cpuUsage();
    const result = readWorkspace(files(images, tools));
    const { user, system } = process.cpuUsage(before);
    expect(shown(result)).toBe('no mistake');
    expect((user + system) / 1000).toBeLessThan(600);
  });
});
