/** An option that may be given several times, or once with commas: "a,b" and "a" "b" alike. */
export function wordsOf(given: string | readonly string[] | undefined): string[] {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  return texts.flatMap((text) => text.split(/[,\s]+/)).filter((word) => word !== '');
}
