/**
 * Calls `report` with the size of this process's terminal whenever that changes, until the returned function
 * is called. buildah 1.28 sets the size of its terminal only once.
 */
export function onResize(
  report: (size: { readonly rows: number; readonly columns: number }) => void,
): () => void {
  const { stdout } = process;
  const changed = (): void => report({ rows: stdout.rows, columns: stdout.columns });
  stdout.on('resize', changed);
  return () => stdout.off('resize', changed);
}
