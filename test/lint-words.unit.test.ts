import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

interface Habit {
  words: string;
  write: string;
  example: string;
  plain: string;
}

const LINT = fileURLToPath(new URL('../scripts/lint-words.mjs', import.meta.url));
const TABLE = pathToFileURL(join(dirname(LINT), 'lint-words', 'habits.mjs')).href;
const { HABITS } = (await import(TABLE)) as { HABITS: readonly Habit[] };

/** How a line of words stands in a file of each kind. */
const KINDS: Record<string, (words: string) => string> = {
  'comment.ts': (words) => `/** ${words} */`,
  'line-comment.mts': (words) => `// ${words}`,
  'string.mjs': (words) => `print('${words}');`,
  'message.cjs': (words) => `throw new Error(\`${words}\`);`,
  'title.test.js': (words) => `test('${words}', run);`,
  'script.sh': (words) => `# ${words}`,
  bootstrap: (words) => `: "${words}"`,
  'page.md': (words) => `- ${words}`,
  'workflow.yml': (words) => `# ${words}`,
  'schema.json': (words) => `"description": "${words}"`,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'words-'));
  execFileSync('git', ['init', '--quiet'], { cwd: folder });
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Each text in a line of its own, in a file of each kind. */
function writeEachKind(texts: readonly string[]): void {
  for (const [name, line] of Object.entries(KINDS)) write(name, texts.map(line).join('\n'));
}

function lint(): { code: number | null; lines: string[] } {
  const { status, stdout } = spawnSync('node', [LINT], { cwd: folder, encoding: 'utf8' });
  return { code: status, lines: stdout.split('\n').filter((line) => /^\S+:.*: write /.test(line)) };
}

test('each habit fails in a file of each kind, with its line, the words and what to write instead', () => {
  writeEachKind(HABITS.map(({ example }) => example));
  const { code, lines } = lint();
  const wanted = HABITS.flatMap(({ words, write }, index) =>
    Object.keys(KINDS).map((name) => ({ start: `${name}:${index + 1}: "`, end: `": write ${write}`, words })),
  );
  expect(code).toBe(1);
  expect(
    wanted.filter(({ start, end }) => !lines.some((line) => line.startsWith(start) && line.endsWith(end))),
  ).toEqual([]);
});

test('the plain words for each habit pass in a file of each kind', () => {
  writeEachKind(HABITS.map(({ plain }) => plain));
  expect(lint()).toEqual({ code: 0, lines: [] });
});

test('finds words in names of files and identifiers, and across a line break of a comment', () => {
  write('src/some-seams.ts', 'const isNoneHere = 1;\n/**\n * It is\n * none.\n */\n');
  expect(lint().lines.map((line) => line.replace(/: write .*/, ''))).toEqual([
    'src/some-seams.ts:its name: "seams"',
    'src/some-seams.ts:1: "is None"',
    'src/some-seams.ts:3: "is none"',
  ]);
});

test('leaves out contents of layers, locks, quotations in Markdown and JSON that is no description', () => {
  write('images/a/rootfs/usr/bin/a.sh', '# nobody');
  write('images/a/image.lock.json', '{\n"description": "nobody"\n}');
  write('page.md', '> nobody has it\n');
  write('data.json', '{\n"user": "root has nobody"\n}');
  expect(lint()).toEqual({ code: 0, lines: [] });
});
