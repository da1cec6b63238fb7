import { join } from 'node:path';
import { writeFilesTogether } from '../src/files-together';

/** Writes files 0 to 9 with a content. Arguments: folder, content. */
async function main([root = '', content = '']: readonly string[]): Promise<void> {
  const journal = join(root, '.nx', 'journal.json');
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, at) => [`tools/${at}/lock.json`, `${content} ${at}`]),
  );
  const done = await writeFilesTogether({ root, journal, files });
  if (!done.ok) throw new Error(done.failures[0].message);
}

void main(process.argv.slice(2));
