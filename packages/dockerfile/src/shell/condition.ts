import type { PipelineNode, TestExpression } from 'unbash';
import type { Stage } from '../state/stage';
import { isKnown, type Value } from '../state/value';
import { textOf, type ExpansionContext } from './words';

/** Returns whether `[ … ]` or `[[ … ]]` is true; undefined if that is only known in a build. */
export function condition(node: PipelineNode, setting: ExpansionContext, stage: Stage): boolean | undefined {
  if (node.type === 'TestCommand') return expression(node.expression, setting, stage);
  if (node.type !== 'Command') return undefined;
  const words = node.args.map((arg) => (arg.type === 'Word' ? textOf(arg, setting) : undefined));
  const values = words.filter((word): word is Value => word !== undefined && word.text !== ']');
  return words.includes(undefined) ? undefined : comparison(values, stage);
}

function comparison(words: readonly Value[], stage: Stage): boolean | undefined {
  const [first, second, third] = words;
  if (first?.text === '!') {
    const status = comparison(words.slice(1), stage);
    return status === undefined ? undefined : !status;
  }
  if (words.length === 3) return binary(first!, second!.text, third!);
  return words.length === 2 ? unary(first!.text, second!, stage) : undefined;
}

function expression(node: TestExpression, setting: ExpansionContext, stage: Stage): boolean | undefined {
  if (node.type === 'TestBinary')
    return binary(textOf(node.left, setting), node.operator, textOf(node.right, setting));
  if (node.type === 'TestUnary') return unary(node.operator, textOf(node.operand, setting), stage);
  return undefined;
}

function binary(left: Value, operator: string, right: Value): boolean | undefined {
  if (!isKnown(left) || !isKnown(right) || /[*?[]/.test(right.text)) return undefined;
  if (operator === '=' || operator === '==') return left.text === right.text;
  return operator === '!=' ? left.text !== right.text : undefined;
}

function unary(operator: string, operand: Value, stage: Stage): boolean | undefined {
  if (!isKnown(operand)) return undefined;
  if (operator === '-n') return operand.text !== '';
  if (operator === '-z') return operand.text === '';
  const isThere = stage.files.get(stage.path(operand.text)) !== undefined;
  return /^-(?:f|e|x|r|s)$/.test(operator) && isThere ? true : undefined;
}
