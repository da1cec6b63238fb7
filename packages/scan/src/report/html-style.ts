/** Colours have a contrast of at least 4.5 to their background (WCAG 2.2, 1.4.3), in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --back: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --bad: #b3141f; --warn: #7a4b00; --good: #116329; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #a5afba; --back: #0d1117; --card: #161b22; --line: #30363d;
    --bad: #ff8d85; --warn: #e3b341; --good: #6fdd8b; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; color: var(--text); background: var(--back);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; }
h1 small { color: var(--soft); font-weight: normal; font-size: 1rem; }
h2 { font-size: 1.15rem; display: inline-block; margin: 1rem 0 .5rem; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
.verdict { font-weight: 600; border-left: .3rem solid; padding: .25rem .75rem; margin: .75rem 0; }
.failed, .failing .verdict-word, .expired .verdict-word { color: var(--bad); }
.not-fixable .verdict-word { color: var(--warn); }
.passed { color: var(--good); }
summary { cursor: pointer; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .75rem; margin: .25rem 0; }
dt { color: var(--soft); }
dd { margin: 0; }
.digest, code { font-family: ui-monospace, monospace; font-size: .875rem; }
ul { list-style: none; margin: 0; padding: 0; }
.groups { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
.groups > li { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.verdict-word { color: var(--soft); font-weight: 600; font-size: .875rem; }
.findings { border-top: 1px solid var(--line); margin-top: .5rem; font-size: .875rem; }
.findings li { margin-top: .5rem; color: var(--soft); }
.findings strong { color: var(--text); }
pre { margin: .25rem 0 .75rem; padding: .5rem .75rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; white-space: pre-wrap; }
`;
