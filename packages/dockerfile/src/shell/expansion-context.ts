import type { ParsedScript } from 'unbash';
import type { Reading } from '../state/stage';
import { CODENAME } from '../state/types';
import { printedBy } from './substitutions';
import { known, type Value } from '../state/value';
import { fieldsOf, type ExpansionContext } from './words';

/** Returns what words of a script are expanded with: the stage's variables, and programs whose output is known. */
export function expansionContext({ stage, arch }: Pick<Reading, 'stage' | 'arch'>): ExpansionContext {
  const context: ExpansionContext = {
    variables: stage.variables,
    substitute: (script) => codename(script) ?? printed(script),
  };
  return context;

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
    const fields = args.flatMap((arg) => (arg.type === 'Word' ? fieldsOf(arg, context) : [known(arg.text)]));
    return { argv: [...fieldsOf(name, context), ...fields] };
  }
}

/** Returns the output of `$(. /etc/os-release && echo "$VERSION_CODENAME")`, which vendors' instructions for apt use. */
function codename(script: ParsedScript): Value | undefined {
  const text = JSON.stringify(script.commands);
  return text.includes('os-release') && text.includes('VERSION_CODENAME') ? known(CODENAME) : undefined;
}
