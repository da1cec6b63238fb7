import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isRunCheck,
  parseTool,
  parseToolLock,
  PLATFORMS,
  readWorkspace,
  releaseFile,
  type FileText,
} from '../src';
import { files, imageFile, shown, TOOL, toolFile, valueOf } from './definitions-fixtures';

const ROOT = join(__dirname, '../../..');

function committed(folder: string, name: string): FileText[] {
  return readdirSync(join(ROOT, folder))
    .map((entry) => `${folder}/${entry}/${name}`)
    .filter((file) => existsSync(join(ROOT, file)))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

describe('the definitions of this repository', () => {
  it('have no mistakes', () => {
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

describe('the locks of the tools of this repository', () => {
  const tools = committed('tools', 'tool.json').flatMap(({ file, text }) => {
    const definition = valueOf(parseTool(file, text)).value;
    return definition.sources.release ? [{ folder: file.replace(/\/tool\.json$/, ''), definition }] : [];
  });

  it('are of tools that vendors publish', () => {
    expect(tools.map(({ folder }) => folder)).toContain('tools/dagger');
  });

  it.each(tools)('$folder is locked at its addresses on both platforms', ({ folder, definition }) => {
    const file = `${folder}/lock.json`;
    const lock = valueOf(parseToolLock(file, readFileSync(join(ROOT, file), 'utf8'))).value;
    expect(lock.version).toBe(definition.version);
    for (const platform of PLATFORMS) {
      const { url } = valueOf(releaseFile(definition, platform));
      expect(url).not.toMatch(/[{}]/);
      expect(lock.release?.[platform]?.url).toBe(url);
    }
  });

  it('have no duplicate checksums', () => {
    const sums = tools.flatMap(({ folder }) => {
      const file = `${folder}/lock.json`;
      const { release = {} } = valueOf(parseToolLock(file, readFileSync(join(ROOT, file), 'utf8'))).value;
      return Object.values(release).map(({ sha256 }) => sha256);
    });
    expect(new Set(sums).size).toBe(tools.length * PLATFORMS.length);
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
