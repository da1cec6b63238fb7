/**
 * Calls `tell` with the size of this process's terminal whenever that changes, until the returned function is called.
 * buildah 1.28 gives the terminal that it makes a size only once.
 */
export function onResize(
  tell: (size: { readonly rows: number; readonly columns: number }) => void,
): () => void {
  const { stdout } = process;
  const changed = (): void => tell({ rows: stdout.rows, columns: stdout.columns });
  stdout.on('resize', changed);
  return () => stdout.off('resize', changed);
}
