/**
 * A quoted table row as one reads it. The stored text keeps its bars ("Rye | £5.20 | every day"), so that a quote
 * can be found on the page again; only what is shown changes. Text in, text out. Used by transcript.js, citations.js.
 */
const BAR = ' | ';

/** @param {string} text */
export function isRow(text) {
  return text.includes(BAR);
}

/**
 * @param {string} text
 * @param {string[]} [quotes] The words behind it: a label, and lines that the sentence tells in one, get their own.
 */
export function laidOut(text, quotes = []) {
  if (!isRow(text)) return text;
  let told = text;
  for (const quote of quotes) {
    const [first, ...rest] = quote.split('\n');
    const flat = rest.join(' ');
    if (flat && told.endsWith(flat)) told = `${told.slice(0, -flat.length).trimEnd()}\n${rest.join('\n')}`;
    else if (!isRow(first) && told.startsWith(first)) told = first + told.slice(first.length).replace(/^(:?) /, '$1\n');
  }
  return told.split('\n').map((row) => cells(row).join(' · ')).join('\n');
}

/** @param {string} text */
export function spoken(text) {
  return text.replaceAll(BAR, ', ');
}

/** @param {string} row */
function cells(row) {
  return row.split(BAR).map((cell) => cell.trim() || '–');
}
