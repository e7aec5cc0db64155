/** What stands in the log: the visitor's messages, growing answers, notes. Text nodes only. Used by frame.js. */
import { byPlace, source } from './citations.js';
import { button, make, part } from './elements.js';
import { isRow, laidOut, spoken } from './rows.js';
import { word } from './words.js';

/** @import { Sentence, StoredMessage } from './types.js' */

const log = part('log');
const announcer = part('announcer');
const scroller = part('scroller');

/** @param {HTMLElement} element */
export function add(element) {
  const follow = atEnd();
  log.append(element);
  if (follow) toEnd();
  return element;
}

/** What a screen reader says: once a finished answer, not once a word. */
export function announce(/** @type {string} */ text) {
  announcer.textContent = text;
}

export function clear() {
  log.replaceChildren();
}

export function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
}

const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;

/** @param {string} text */
export function visitorSaid(text) {
  const bubble = make('div', 'said mine', make('span', 'sr', word('you')), text);
  bubble.dir = 'auto';
  add(bubble);
  toEnd();
  return bubble;
}

/**
 * A line of our own: what happened, what is still safe, and what to do.
 * @param {string} text
 * @param {[string, () => void][]} actions
 */
export function note(text, actions = []) {
  const line = make('div', 'note', make('p', '', text));
  if (actions.length) {
    const row = make('div', 'row');
    for (const [label, act] of actions) row.append(button('quiet', label, act));
    line.append(row);
  }
  return add(line);
}

/** An answer that grows by verified text; what was shown stays. */
export class Growing {
  constructor() {
    this.bubble = make('div', 'said theirs growing', make('span', 'sr', word('assistant')));
    this.bubble.dir = 'auto';
    this.wait = make('span', 'wait', word('thinking'));
    this.bubble.append(this.wait);
    /** @type {HTMLElement | null} */
    this.sentence = null;
    this.text = '';
    /** @type {Map<string, number>} */
    this.numbers = new Map();
    add(this.bubble);
    toEnd();
  }

  /** @param {string} text */
  delta(text) {
    const follow = atEnd();
    this.wait.remove();
    if (!this.sentence) {
      if (this.text) this.bubble.append(' ');
      this.text += this.text ? ' ' : '';
      this.sentence = make('span', 'sentence');
      this.bubble.append(this.sentence);
    }
    this.sentence.append(text);
    this.text += text;
    if (follow) toEnd();
  }

  /** @param {Sentence} sentence */
  finish(sentence) {
    if (!this.sentence) this.delta(sentence.text);
    const follow = atEnd();
    if (isRow(sentence.text)) {
      this.sentence?.classList.add('table-row');
      this.sentence?.replaceChildren(laidOut(sentence.text, quotesOf(sentence)));
    }
    const tail = sentence.citations.length ? lastWord(this.sentence) : this.sentence;
    const quotes = [];
    for (const place of byPlace(sentence.citations)) {
      const name = JSON.stringify(place.map((citation) => [citation.passage, citation.quote]));
      const number = this.numbers.get(name) ?? this.numbers.size + 1;
      this.numbers.set(name, number);
      const [mark, quote] = source(place, number);
      tail?.append(mark);
      quotes.push(quote);
    }
    this.bubble.append(...quotes);
    this.sentence = null;
    if (follow) toEnd();
  }

  /** Nothing is said here: a person answers. */
  silence() {
    this.wait.remove();
  }

  /** @param {string} [ending] A word on why it ends here, where it broke off. */
  end(ending) {
    this.wait.remove();
    this.bubble.classList.remove('growing');
    if (ending) this.bubble.append(make('span', 'ending', ending));
    if (!this.text && !ending) this.bubble.remove();
    announce([spoken(this.text), ending].filter(Boolean).join(' '));
  }
}

/**
 * A mark never starts a line alone: the last word and its marks stay together.
 * @param {HTMLElement | null} sentence
 */
function lastWord(sentence) {
  sentence?.normalize();
  const text = sentence?.lastChild;
  const at = text instanceof Text ? text.data.search(/\S{1,24}$/) : -1;
  if (!(text instanceof Text) || at < 0) return sentence;
  const tail = make('span', 'tail', text.splitText(at));
  sentence?.append(tail);
  return tail;
}

/** @param {Sentence} sentence */
const quotesOf = (sentence) => sentence.citations.map((citation) => citation.quote);

/**
 * What a person of the business wrote.
 * @param {StoredMessage} message
 */
export function personSaid(message) {
  const who = message.name ?? '';
  const bubble = make('div', 'said theirs person', make('span', 'who', who), message.text);
  bubble.dir = 'auto';
  add(bubble);
  announce(`${who}: ${message.text}`);
  return bubble;
}

/** @param {StoredMessage} message */
export function restore(message) {
  if (message.author === 'visitor') return visitorSaid(message.text);
  const growing = new Growing();
  for (const sentence of message.sentences) growing.finish(sentence);
  growing.end(message.state === 'interrupted' ? word('interrupted') : undefined);
  announce('');
  return growing.bubble;
}
