import { cutAfter, firstBytes, flippedAt, runAfter, slowed } from './bodies';
import { bodyOf, Cut, type Answer, type AnswerChange, type BodyChange, type Exchange } from './exchange';
import type { RegistryFault } from './faults';
import { answerItself, bytesOf, sendAnswer, wholeAnswer } from './send';

/** Applies a fault to a request. */
export async function act(
  fault: RegistryFault,
  exchange: Exchange,
  next: () => Promise<void>,
): Promise<void> {
  const { response, bodyChanges, answerChanges } = exchange;
  switch (fault.kind) {
    case 'answer':
      return fault.early ? answerEarly(exchange, wholeAnswer(fault)) : answerItself(exchange, fault);
    case 'redirect': {
      const location = new URL(exchange.target, fault.to).href;
      return answerItself(exchange, { status: 307, headers: { location } });
    }
    case 'hang':
      for await (const _ of bodyOf(exchange));
      return new Promise((resolve) => response.once('close', resolve));
    case 'mount-202':
      exchange.target = withoutMount(exchange.target);
      return next();
    case 'reset-request':
      bodyChanges.push(cutAfter(fault.afterBytes));
      return next();
    case 'slow-request':
      bodyChanges.push(slowed(fault.bytesPerSecond));
      return next();
    case 'run':
      return run(fault, exchange, next);
    default:
      answerChanges.push(answerChange(fault));
      return next();
  }
}

type AnswerFault = Extract<
  RegistryFault,
  { kind: 'lose-reply' | 'reset-answer' | 'truncate-answer' | 'flip-bit' | 'alter-manifest' | 'slow-answer' }
>;

function answerChange(fault: AnswerFault): AnswerChange {
  switch (fault.kind) {
    case 'lose-reply':
      return async ({ body }) => {
        await bytesOf(body);
        throw new Cut('The reply was lost.');
      };
    case 'reset-answer':
      return onBody(cutAfter(fault.afterBytes));
    case 'truncate-answer':
      return ({ status, headers, body }) => {
        const length = Math.min(fault.bytes, Number(headers['content-length'] ?? Infinity));
        return {
          status,
          headers: { ...headers, 'content-length': String(length) },
          body: firstBytes(fault.bytes)(body),
        };
      };
    case 'flip-bit':
      return onBody(flippedAt(fault.at));
    case 'slow-answer':
      return onBody(slowed(fault.bytesPerSecond));
    case 'alter-manifest':
      return (answer) => edited(answer, fault.edit);
  }
}

function onBody(change: BodyChange): AnswerChange {
  return (answer) => ({ ...answer, body: change(answer.body) });
}

async function edited(answer: Answer, edit: (json: Record<string, unknown>) => void): Promise<Answer> {
  const bytes = await bytesOf(answer.body);
  if (bytes.length === 0) return { ...answer, body: wholeAnswer({ status: 200 }).body };
  const json = JSON.parse(bytes.toString()) as Record<string, unknown>;
  edit(json);
  const changed = wholeAnswer({ status: answer.status, body: JSON.stringify(json) });
  return { ...changed, headers: { ...answer.headers, ...changed.headers } };
}

function run(
  { work, when = 'asked' }: Extract<RegistryFault, { kind: 'run' }>,
  exchange: Exchange,
  next: () => Promise<void>,
): Promise<void> {
  const start = async (): Promise<void> => {
    if ((await work(exchange.record)) === 'cut') throw new Cut('Cut on request.');
  };
  if (when === 'asked') return start().then(next);
  if (when === 'answered')
    exchange.answerChanges.push(async (answer) => {
      await start();
      return answer;
    });
  else exchange.bodyChanges.push(runAfter(when.afterBytes, start));
  return next();
}

/** Acts like a server that refuses before it has read the body. */
async function answerEarly(exchange: Exchange, answer: Answer): Promise<void> {
  await sendAnswer(exchange, { ...answer, headers: { ...answer.headers, connection: 'close' } });
  exchange.request.resume();
}

function withoutMount(target: string): string {
  const [path = '', query = ''] = target.split('?');
  const parameters = new URLSearchParams(query);
  parameters.delete('mount');
  parameters.delete('from');
  const rest = parameters.toString();
  return rest === '' ? path : `${path}?${rest}`;
}
