/** "Leave a message": one card, at most once in the log. Used by frame.js. */
import { leaveLead } from './api.js';
import { button, make } from './elements.js';
import { Refused } from './stream.js';
import { add, announce, toEnd } from './transcript.js';
import { config, word } from './words.js';

/** @type {HTMLFormElement | null} */
let shown = null;

/**
 * @param {() => string | null} conversation
 * @param {() => void} kept Called when the message was accepted.
 * @param {boolean} focus Whether the visitor asked for the form, or an answer offered it.
 */
export function showContactForm(conversation, kept, focus) {
  if (!shown?.isConnected) {
    shown = build(conversation, kept);
    add(shown);
  } else {
    shown.parentElement?.append(shown);
  }
  if (!focus) return shown.scrollIntoView({ block: 'nearest' });
  toEnd();
  shown.querySelector('input')?.focus();
}

/**
 * @param {() => string | null} conversation
 * @param {() => void} kept
 */
function build(conversation, kept) {
  const form = make('form', 'card', make('h2', '', word('leave_message')), make('p', '', word('form_intro')));
  form.noValidate = true;
  const fields = {
    name: field(form, 'name', 'text', 'name', 200),
    email: field(form, 'email', 'email', 'email', 254),
    phone: field(form, 'phone', 'tel', 'tel', 40),
    message: field(form, 'message', 'area', 'off', 2000),
  };
  const error = make('p', 'error');
  error.setAttribute('role', 'alert');
  const send = make('button', 'primary', word('form_send'));
  const cancel = button('quiet', word('cancel'), () => form.remove());
  form.append(error, make('p', 'small', word('form_privacy')), make('div', 'row', send, cancel));

  // The same key for the same words, however often they are sent; other words are another message.
  let key = crypto.randomUUID();
  let keyOf = '';
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    /** @type {Record<string, string>} */
    const body = {};
    for (const [name, input] of Object.entries(fields)) if (input.value.trim()) body[name] = input.value.trim();
    error.textContent = '';
    if (!body.email && !body.phone) return refuse(word('form_missing'), fields.email);
    if (body.email && !/^\S+@\S+\.\S+$/.test(body.email)) return refuse(word('form_email'), fields.email);
    const about = conversation();
    if (about) body.conversation = about;
    const words = JSON.stringify(body);
    if (keyOf && keyOf !== words) key = crypto.randomUUID();
    keyOf = words;
    send.disabled = true;
    try {
      await leaveLead(body, key);
    } catch (failure) {
      send.disabled = false;
      const sentence = failure instanceof Refused ? failure.message : '';
      return refuse(sentence || word('form_unreachable'), null);
    }
    const thanks = make('div', 'card thanks', make('p', '', word('form_sent')));
    thanks.tabIndex = -1;
    form.replaceWith(thanks);
    announce(word('form_sent'));
    thanks.focus();
    toEnd();
    kept();
  });

  function refuse(/** @type {string} */ sentence, /** @type {HTMLElement | null} */ where) {
    error.textContent = config?.phone && !where ? `${sentence} ${word('call', { phone: config.phone })}` : sentence;
    where?.focus();
    toEnd();
  }
  return form;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {'text' | 'email' | 'tel' | 'area'} type
 * @param {AutoFill} autocomplete
 * @param {number} longest
 */
function field(form, name, type, autocomplete, longest) {
  const input = type === 'area' ? make('textarea', '') : make('input', '');
  if (input instanceof HTMLInputElement) input.type = type === 'area' ? 'text' : type;
  else input.rows = 3;
  input.name = name;
  input.autocomplete = autocomplete;
  input.maxLength = longest;
  input.dir = 'auto';
  form.append(make('label', '', make('span', '', word(name)), input));
  return input;
}
