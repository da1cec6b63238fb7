/**
 * Lets a command go on when nobody reads what it prints any more (`image-tooling store ls | head`): its work and its exit
 * code count. Node would end it with a stack instead.
 */
export function outliveReaders(...streams: readonly Pick<NodeJS.WriteStream, 'on'>[]): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
