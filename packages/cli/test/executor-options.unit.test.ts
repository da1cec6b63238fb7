import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandNamed, COMMANDS } from '../src/commands';

const PLUGIN = join(__dirname, '../../nx');

function objectIn(file: string, key: string): Record<string, unknown> {
  const json = JSON.parse(readFileSync(join(PLUGIN, file), 'utf8')) as Record<
    string,
    Record<string, unknown>
  >;
  return json[key] ?? {};
}

it('the executors of the plugin take every option of their commands', () => {
  const commands = Object.keys(objectIn('executors.json', 'executors')).filter((name) => name !== 'whole');
  const flags = commands.flatMap(
    (name): readonly string[] => commandNamed(COMMANDS, name)?.flags ?? [`unknown ${name}`],
  );
  const options = [...new Set(flags)].map((flag) =>
    flag.replace(/-[a-z]/g, (part) => part.slice(1).toUpperCase()),
  );
  expect(Object.keys(objectIn('executor.schema.json', 'properties')).sort()).toEqual(options.sort());
});
