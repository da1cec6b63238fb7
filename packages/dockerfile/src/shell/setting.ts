import type { ParsedScript } from 'unbash';
import type { Reading } from '../stage';
import { CODENAME, printedBy } from './substitutions';
import { known, type Value } from './value';
import { fieldsOf, type WordSetting } from './words';

/** What the words of a script are worked out with: the stage's variables, and programs whose answer is known. */
export function settingOf({ stage, arch }: Pick<Reading, 'stage' | 'arch'>): WordSetting {
  const setting: WordSetting = {
    variables: stage.variables,
    substitute: (script) => codename(script) ?? printed(script),
  };
  return setting;

  function printed(script: ParsedScript): Value | undefined {
    const [statement, ...others] = script.commands;
    if (!statement || others.length > 0) return undefined;
    const { command } = statement;
    const commands = command.type === 'Pipeline' ? command.commands : [command];
    const words = commands.flatMap((one) =>
      one.type === 'Command' && one.name ? [wordsOf(one.name, one.args)] : [],
    );
    return words.length === commands.length ? printedBy(words, arch) : undefined;
  }

  type Words = Parameters<typeof fieldsOf>[0];
  function wordsOf(
    name: Words,
    args: readonly (Words | { readonly type: 'Assignment'; readonly text: string })[],
  ) {
    const fields = args.flatMap((arg) => (arg.type === 'Word' ? fieldsOf(arg, setting) : [known(arg.text)]));
    return { argv: [...fieldsOf(name, setting), ...fields] };
  }
}

/** `$(. /etc/os-release && echo "$VERSION_CODENAME")`, as vendors' instructions for apt have it. */
function codename(script: ParsedScript): Value | undefined {
  const text = JSON.stringify(script.commands);
  return text.includes('os-release') && text.includes('VERSION_CODENAME') ? known(CODENAME) : undefined;
}
