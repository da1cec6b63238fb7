import { describe, expect, it } from 'vitest';
import type { ImportReport } from '../src';
import { FIXTURE_NAMES, fixtureText, imported, importedFixture } from './fixtures';

/** Words that belong to the shell's grammar and not to a command. */
const GRAMMAR =
  /^(?:\\|&&|\|\||;|;;|\||then|else|elif|fi|do|done|esac|if|for|in|\*\)|\w+\)|set|`|\{|\}|\(|\))$/;

interface Word {
  readonly line: number;
  readonly word: string;
}

/** Returns the words of a Dockerfile by line, without comments and empty lines. */
function wordsOf(text: string): Word[] {
  return text.split('\n').flatMap((line, index): Word[] => {
    if (/^\s*(?:#|$)/.test(line)) return [];
    const words = line.trim().split(/\s+/);
    return words.map((word) => ({ line: index + 1, word }));
  });
}

/** Returns the words that are in no entry of the report for their line. */
function dropped(text: string, { imported, notNeeded, notImported }: ImportReport): Word[] {
  const entries = [...imported, ...notNeeded, ...notImported];
  return wordsOf(text).filter(({ line, word }) => {
    const plain = word.replace(/[;&|]+$/, '').replace(/^\(|\)$/g, '');
    if (/^run$/i.test(plain) || [word, plain].some((one) => one === '' || GRAMMAR.test(one))) return false;
    if (/^<<-?'?\w+'?$/.test(plain)) return false;
    if (/^(?:EOF|EOT)$/.test(plain)) return false;
    const here = entries.filter((entry) => entry.line <= line && line <= entry.endLine);
    return !here.some((entry) => entry.text.includes(plain) || masks(entry.text, plain));
  });
}

/** Returns whether a word is a secret that the text masks. */
function masks(text: string, word: string): boolean {
  const [name = ''] = word.split('=');
  return text.includes(`${name}=***`);
}

describe('the report contains every word of a Dockerfile', () => {
  it.each(FIXTURE_NAMES)('%s', (name) => {
    expect(dropped(fixtureText(name), importedFixture(name).report)).toEqual([]);
  });

  it.each([
    ['constructs of the shell', 'FROM debian\nRUN while read -r line; do echo "$line"; done < /etc/passwd\n'],
    [
      'functions',
      'FROM debian\nRUN fetch() { curl -fsSL "$1" -o "$2"; }; fetch https://example.invalid/x /usr/bin/x\n',
    ],
    ['syntax errors of the shell', 'FROM debian\nRUN if then fi (\n'],
    ['unknown instructions', 'FROM debian\nINCLUDE other.Dockerfile\n'],
    ['instructions before FROM', 'RUN true\nFROM debian\n'],
    ['a file without FROM', 'RUN apt-get install -y jq\n'],
    ['other languages', 'FROM debian\nRUN python3 <<EOF\nprint("x")\nEOF\n'],
    ['commands in the background', 'FROM debian\nRUN sleep 1 & make install\n'],
    [
      'conditions that are only known in a build',
      'FROM debian\nRUN [ -d /opt/x ] && cp -r /opt/x /opt/y || mkdir /opt/y\n',
    ],
    [
      'loops over values that are only known in a build',
      'FROM debian\nRUN for f in $(ls /tmp); do mv $f /usr/local/bin; done\n',
    ],
    ['groups with a redirection', 'FROM debian\nRUN { echo a; echo b; } > /etc/ab\n'],
    ['groups', 'FROM debian\nRUN (cd /tmp && make install) && { ldconfig; custom --flag; }\n'],
    [
      'continuations with comments and empty lines',
      'FROM debian\nRUN apt-get install -y \\\n  # a comment\n  jq \\\n\n  less \\  \n  git\n',
    ],
    ['other escape characters', '# escape=`\nFROM debian\nRUN apt-get install -y `\n  jq `\n  less\n'],
    ['Windows line endings', 'FROM debian\r\nRUN apt-get install -y jq \\\r\n  less\r\n'],
    ['lower case', 'from debian\nrun apt-get install -y jq\nenv A=b\n'],
  ])('%s', (_, text) => {
    expect(dropped(text.replaceAll('\r', ''), imported(text).report)).toEqual([]);
  });

  it('is checked by a test that finds a missing word', () => {
    const { report } = imported('FROM debian\nRUN make install && apt-get install -y jq\n');
    const without = {
      ...report,
      notImported: report.notImported.filter(({ text }) => !text.startsWith('make')),
    };
    const words = dropped('FROM debian\nRUN make install && apt-get install -y jq\n', without);
    expect(words.map(({ word }) => word)).toEqual(['make']);
  });
});
