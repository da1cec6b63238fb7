import parse from 'spdx-expression-parse';

/** A parsed expression (the README of spdx-expression-parse, "Simple Example"). */
type Info =
  | { readonly license: string; readonly plus?: true; readonly exception?: string }
  | { readonly left: Info; readonly conjunction: 'and' | 'or'; readonly right: Info };

/** Returns whether a list of licences allows an SPDX expression; undefined if the text is not one. */
export function isAllowed(expression: string, allowed: ReadonlySet<string>): boolean | undefined {
  const tree = parsed(expression);
  return tree && isMet(tree, allowed);
}

function isMet(tree: Info, allowed: ReadonlySet<string>): boolean {
  if ('conjunction' in tree)
    return tree.conjunction === 'or'
      ? isMet(tree.left, allowed) || isMet(tree.right, allowed)
      : isMet(tree.left, allowed) && isMet(tree.right, allowed);
  return namesOf(tree).some((name) => allowed.has(name));
}

/** "GPL-2.0+" is "GPL-2.0-or-later" too; an exception only permits more than the licence alone. */
function namesOf({ license, plus, exception }: Extract<Info, { license: string }>): string[] {
  const names = plus === true ? [`${license}+`, `${license}-or-later`] : [license];
  return exception === undefined ? names : [...names, ...names.map((name) => `${name} WITH ${exception}`)];
}

function parsed(expression: string): Info | undefined {
  try {
    return parse(expression) as Info;
  } catch {
    return undefined;
  }
}
