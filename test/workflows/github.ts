import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Answers as the API of a repository at GitHub does to pull requests and releases, and keeps what it was asked. */
export class GitHubApi {
  readonly requests: {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly body: unknown;
  }[] = [];
  private readonly open: unknown[] = [];
  private readonly server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const { authorization } = request.headers;
      const sent: unknown = body === '' ? undefined : JSON.parse(body);
      this.requests.push({ line: `${request.method} ${request.url}`, authorization, body: sent });
      const created = { html_url: 'https://github.example/1' };
      if (request.method === 'GET') return response.end(JSON.stringify(this.open));
      this.open.push(created);
      return response.writeHead(201).end(JSON.stringify(created));
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((done) => void this.server.listen(0, '127.0.0.1', done));
    return this;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}
