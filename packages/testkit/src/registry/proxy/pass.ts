import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Cut, bodyOf, type Answer, type Exchange } from './exchange';
import { sendAnswer, withoutHopByHop, writeBody } from './send';

/** Passes a request on to the registry, and its answer back. Throws where a connection broke. */
export async function pass(exchange: Exchange, upstream: string): Promise<void> {
  const { request, response } = exchange;
  if (exchange.socket.destroyed) throw new Cut('The client has gone.');
  const outgoing = httpRequest(new URL(exchange.target, upstream), {
    method: request.method ?? 'GET',
    headers: withoutHopByHop(exchange.headers),
    // A connection for each request: none is stale after the registry was started again.
    agent: false,
  });
  const clientGone = (): void => void outgoing.destroy();
  response.once('close', clientGone);
  try {
    const answered = answerOf(outgoing);
    // The registry may answer before it has read all, so the two go on side by side.
    const passed = passBody(exchange, outgoing);
    passed.catch(() => undefined);
    const answer = await Promise.race([answered, passed.then(() => answered)]);
    await sendAnswer(exchange, onProxy(answer, upstream, request.headers.host));
  } finally {
    outgoing.destroy();
  }
}

async function passBody(exchange: Exchange, outgoing: ClientRequest): Promise<void> {
  await writeBody(bodyOf(exchange), outgoing);
  outgoing.end();
}

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.once('close', () => reject(new Cut('The registry gave no answer.')));
    outgoing.once('response', (incoming: IncomingMessage) =>
      resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming }),
    );
  });
}

/** The registry uses the host of the request in its addresses; where it does not, it is put in. */
function onProxy(answer: Answer, upstream: string, host = ''): Answer {
  const { location } = answer.headers;
  if (typeof location !== 'string' || !location.startsWith(upstream)) return answer;
  return {
    ...answer,
    headers: { ...answer.headers, location: `http://${host}${location.slice(upstream.length)}` },
  };
}
