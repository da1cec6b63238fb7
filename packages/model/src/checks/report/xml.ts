/** Characters that XML 1.0 can't represent (section 2.2, "Characters"); lone surrogates among them. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

type Attributes = Readonly<Record<string, string | number>>;

/** Returns an element with others or text in it; indented lines. Attributes and text are escaped here. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(String(value))}"`);
  const start = `<${name}${written.join('')}`;
  if (children.length === 0) return `${start}/>`;
  return [`${start}>`, ...children, `</${name}>`].join('\n');
}

/** Returns an element that holds text alone. */
export function textElement(name: string, attributes: Attributes, content: string): string {
  const [start = '', end = ''] = element(name, attributes, ['']).split('\n\n');
  return `${start}${text(content)}${end}`;
}

function attribute(value: string): string {
  return value.replace(NO_CHARACTER, '').replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] ?? '');
}

/** Line feeds and tabs are written as they are; a carriage return would be read as a line feed. */
function text(value: string): string {
  return value.replace(NO_CHARACTER, '').replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? '');
}
