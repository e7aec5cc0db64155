/**
 * A person of the business in the conversation: asked for, there, gone. While one is asked for or there, the
 * conversation is asked for anew every few seconds; what the person wrote and what happened goes into the log.
 * Used by frame.js.
 */
import * as api from './api.js';
import { button, make, part } from './elements.js';
import { announce, note, personSaid, toEnd } from './transcript.js';
import { config, word } from './words.js';

/** @import { PersonState, StoredMessage } from './types.js' */

const SOON = 3000;
const HIDDEN = 20000;
const LONGEST_WAIT = 30 * 60 * 1000; // after that a visitor who still waits reads it after the next message

/** Ids of messages that stand in the log already, or need not. @type {Set<string>} */
const known = new Set();
/** @type {PersonState | null} */
let state = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let since = 0;

/** @param {...string} ids */
export function know(...ids) {
  for (const id of ids) known.add(id);
}

/** Whether what the visitor writes goes to a person and not to the assistant. */
export const withPerson = () => state?.there === true;

/**
 * What the server says of who answers. Begins to look for news, or ends it.
 * @param {PersonState | null} next
 */
export function setPerson(next) {
  const began = next !== null && state === null;
  state = next;
  const bar = part('person');
  bar.hidden = !next?.there;
  if (next?.there) part('person-name').textContent = word('person_bar', { person: next.name ?? config?.name ?? '' });
  if (began) since = Date.now();
  clearTimeout(timer);
  if (next) timer = setTimeout(look, document.hidden ? HIDDEN : SOON);
}

/** The visitor asked: from now on somebody may come. */
export function expectPerson() {
  if (!state) setPerson({ name: null, there: false });
}

/** @param {StoredMessage} message Of the restored conversation or of the next look; visitor's and assistant's excepted. */
export function showFromBusiness(message) {
  if (known.has(message.id)) return;
  known.add(message.id);
  if (message.author === 'owner') {
    personSaid(message);
    return toEnd();
  }
  const phrase = { taken_over: 'person_here', handed_back: 'person_left', left: 'person_left', assistant_wanted: 'person_left' };
  const name = Reflect.get(phrase, message.note ?? '');
  if (!name) return;
  const said = word(name, { person: message.name ?? config?.name ?? '' });
  note(said);
  announce(said);
  toEnd();
}

/** @param {() => string | null} conversation */
export function wireBack(conversation) {
  part('person-back').addEventListener('click', async () => {
    try {
      const id = conversation();
      if (id) await api.backToAssistant(id);
      await look();
      part('input').focus();
    } catch (error) {
      console.warn('Milo: the assistant could not be called back.', error);
      note(word('unreachable'));
    }
  });
}

/**
 * "Talk to a person": two ways, both plain.
 * @param {() => Promise<void>} join
 * @param {() => void} leaveMessage
 */
export function offerPerson(join, leaveMessage) {
  const line = make('div', 'note', make('p', '', word('person_ask')));
  const come = button('quiet', word('person_join'), async () => {
    come.disabled = true;
    try {
      await join();
      line.remove();
    } catch (error) {
      console.warn('Milo: nobody could be told.', error);
      come.disabled = false;
      note(word('form_unreachable'));
    }
  });
  line.append(make('div', 'row', come, button('quiet', word('leave_message'), () => { line.remove(); leaveMessage(); })));
  part('log').append(line);
  toEnd();
  come.focus();
}

async function look() {
  clearTimeout(timer);
  if (!state || Date.now() - since > LONGEST_WAIT) return;
  try {
    const { messages, person } = await api.conversation();
    for (const message of messages) {
      if (message.author === 'owner' || message.author === 'system') showFromBusiness(message);
    }
    if (messages.some((message) => message.author === 'owner')) since = Date.now();
    setPerson(person);
  } catch (error) {
    // The network may be back in a moment; the conversation waits on the server.
    console.warn('Milo: no news of the conversation.', error);
    timer = setTimeout(look, HIDDEN);
  }
}
