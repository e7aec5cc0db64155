/** The numbered mark after a sentence, and the quote that it unfolds below. Used by transcript.js. */
import { button, make } from './elements.js';
import { laidOut } from './rows.js';
import { config, word } from './words.js';

/** @import { Citation } from './types.js' */

let made = 0;

/**
 * A row with its heading and the names of its columns is three quotes of one place: one mark, and all three behind it.
 * @param {Citation[]} citations
 * @returns {Citation[][]}
 */
export function byPlace(citations) {
  /** @type {Map<string, Citation[]>} */
  const places = new Map();
  for (const citation of citations) {
    const name = JSON.stringify([citation.passage, citation.url, citation.title, citation.page]);
    places.set(name, [...(places.get(name) ?? []), citation]);
  }
  return [...places.values()];
}

/**
 * @param {Citation[]} citations Of one place, in its order: the last is what the others head.
 * @param {number} number As shown: sources count in the order in which the visitor meets them.
 * @returns {[HTMLButtonElement, HTMLElement]} The mark, and the quotes, which start folded.
 */
export function source(citations, number) {
  const citation = citations[citations.length - 1];
  const quote = make('span', 'quote');
  quote.id = `quote-${++made}`;
  quote.hidden = true;
  for (const { quote: exact } of citations) {
    const words = make('q', '', laidOut(exact));
    words.dir = 'auto';
    quote.append(words);
  }
  quote.append(about(citation), ...opener(citation));
  const mark = button('mark', '', () => {
    quote.hidden = !quote.hidden;
    mark.setAttribute('aria-expanded', String(!quote.hidden));
    if (!quote.hidden) quote.scrollIntoView({ block: 'nearest' });
  });
  mark.append(make('span', 'dot', String(number)));
  mark.setAttribute('aria-expanded', 'false');
  mark.setAttribute('aria-controls', quote.id);
  mark.setAttribute('aria-label', word('source', { number, title: citation.title }));
  return [mark, quote];
}

/** @param {Citation} citation */
function about(citation) {
  const line = make('span', 'about');
  const title = make('b', '', citation.title);
  title.dir = 'auto';
  line.append(title);
  if (citation.page) line.append(' · ', word('page', { number: citation.page }));
  const checked = citation.checked_at ? new Date(citation.checked_at) : null;
  if (checked && !Number.isNaN(checked.valueOf())) {
    const date = checked.toLocaleDateString(config?.language, { day: 'numeric', month: 'long', year: 'numeric' });
    line.append(' · ', word('checked', { date }));
  }
  return line;
}

/** @param {Citation} citation */
function opener(citation) {
  const address = safe(citation.link ?? citation.url);
  if (!address) return [];
  const link = make('a', '', word('open_page'));
  link.href = address;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.referrerPolicy = 'no-referrer';
  return [link];
}

/**
 * Addresses come from the server's own index; anything but http(s) is shown without a link all the same.
 * @param {string | null | undefined} url
 */
function safe(url) {
  try {
    const parsed = new URL(url ?? '');
    return /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password ? parsed.href : null;
  } catch {
    return null; // a file's name, not an address
  }
}
