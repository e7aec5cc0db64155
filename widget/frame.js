/**
 * The conversation in the iframe: wires the template's parts to the modules beside it. One question at a time;
 * nothing is requested or stored before the first message, except where the host page hands a kept visitor id.
 */
import * as api from './api.js';
import { embedded, listen, tell } from './bridge.js';
import { applyAccent } from './colour.js';
import { showContactForm } from './contact_form.js';
import { button, make, part } from './elements.js';
import { expectPerson, know, offerPerson, setPerson, showFromBusiness, wireBack, withPerson } from './person.js';
import { answer, Refused } from './stream.js';
import { announce, clear, Growing, note, restore, toEnd, visitorSaid } from './transcript.js';
import { config, word } from './words.js';

const LONGEST = 2000;

/** @type {{ message: string | null, abort: AbortController, stopped: boolean } | null} */
let running = null;
/** @type {string | null} */
let conversation = null;

if (config) start();
else tell('unknown');

function start() {
  const input = /** @type {HTMLTextAreaElement} */ (part('input'));
  const send = part('send');
  const stop = part('stop');
  applyAccent(config?.accent ?? null);

  const grow = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
    part('count').textContent = input.value.length > LONGEST - 200 ? `${input.value.length} / ${LONGEST}` : '';
  };
  const submit = () => {
    const text = input.value.trim();
    if (!text || running) return;
    input.value = '';
    api.draft(null);
    grow();
    ask(text);
  };
  input.addEventListener('input', () => {
    grow();
    api.draft(input.value);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  part('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  send.addEventListener('click', (event) => {
    event.preventDefault();
    submit();
    input.focus();
  });
  stop.addEventListener('click', () => {
    stopAnswer();
    input.focus();
  });
  part('close').hidden = !embedded;
  part('close').addEventListener('click', () => tell('close'));
  part('contact').addEventListener('click', () => {
    document.body.classList.add('talking');
    if (withPerson()) offerContact(true);
    else offerPerson(askForPerson, () => offerContact(true));
  });
  wireBack(() => conversation);
  part('forget').addEventListener('click', askToForget);
  for (const chip of document.querySelectorAll('.example')) {
    chip.addEventListener('click', () => {
      if (running) return;
      ask(chip.textContent ?? '');
      input.focus();
    });
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) tell('close');
  });
  if (config?.ask) input.value = config.ask;
  input.readOnly = false; // from here on Enter sends; before, it would only have broken the line
  addEventListener('pagehide', () => {
    if (running?.message) api.stopByBeacon(running.message);
  });

  listen({
    hello: async (visitor) => {
      api.begin(visitor);
      input.value ||= api.draft(); // who was quicker than the host page keeps what was typed
      grow();
      if (api.returning()) await restoreConversation();
      else if (api.blocked()) note(word('not_shown'));
    },
    opened: (narrow) => {
      // A phone's keyboard would hide the greeting: there the visitor taps the line first.
      (narrow ? part('title') : input).focus();
      toEnd();
    },
    closed: () => announce(''),
  });
  tell('ready');
}

/**
 * One question, from the line or an example, until its answer ends. `id` is given when the same question is
 * sent again after the connection was lost: then nothing is asked twice.
 * @param {string} text
 * @param {{ id: string, bubble: HTMLElement }} [again]
 */
async function ask(text, again) {
  document.body.classList.add('talking');
  const id = again?.id ?? crypto.randomUUID();
  const bubble = again?.bubble ?? visitorSaid(text);
  const growing = new Growing();
  const mine = (running = { message: /** @type {string | null} */ (null), abort: new AbortController(), stopped: false });
  busy(true);
  announce(word('thinking'));
  let ending = '';
  try {
    const post = (/** @type {string} */ last, /** @type {AbortSignal} */ signal) =>
      api.ask({ text, client_message_id: id, conversation, trial: config?.trial ?? null }, last, signal);
    for await (const { event, data } of answer(post, { signal: mine.abort.signal })) {
      if (event === 'meta') {
        api.draft(/** @type {HTMLTextAreaElement} */ (part('input')).value);
        mine.message = data.message;
        know(data.message, data.question);
        conversation = data.conversation;
        const visitor = api.keep();
        if (visitor) tell('visitor', visitor);
        if (mine.stopped) stopAnswer();
      } else if (event === 'delta') {
        growing.delta(data.text);
      } else if (event === 'sentence') {
        growing.finish(data);
      } else if (event === 'person') {
        expectPerson();
      } else if (event === 'lead_form') {
        offerContact(false);
        bubble.scrollIntoView({ block: 'start' }); // the form is long: what it is about stays in view
      } else if (event === 'error') {
        growing.end(growing.text ? word('interrupted') : '');
        failed(data.message, data.retry ? () => ask(text, { id: crypto.randomUUID(), bubble }) : null);
      } else if (event === 'done' && data.status === 'with_person') {
        growing.silence();
        expectPerson();
      } else if (event === 'done' && data.status === 'interrupted') {
        if (!mine.stopped) expectPerson(); // somebody may have taken over: the next look tells
        ending = mine.stopped ? word('stopped') : word('interrupted');
      }
    }
    growing.end(mine.stopped ? word('stopped') : ending);
  } catch (error) {
    growing.end(growing.text ? word('interrupted') : '');
    const sentence = error instanceof Refused ? error.message : '';
    const final = error instanceof Refused && !error.retry && error.status !== 429;
    if (!final) api.draft(text); // also kept for a page that is loaded anew
    failed(sentence || word('unreachable'), final ? null : () => ask(text, { id, bubble }), !sentence);
  } finally {
    if (running === mine) running = null;
    busy(false);
  }
}

/**
 * What happened, what is still safe, what to do. The question stays in the log, ready to be sent again.
 * @param {string} sentence
 * @param {(() => void) | null} retry
 * @param {boolean} [offline] Try again by itself when the browser is back online.
 */
function failed(sentence, retry, offline = false) {
  const phone = config?.phone ? ` ${word('call', { phone: config.phone })}` : '';
  /** @type {[string, () => void][]} */
  const actions = [];
  const again = () => {
    if (running) return;
    removeEventListener('online', again);
    line.remove();
    retry?.();
  };
  if (retry) actions.push([word('retry'), again]);
  actions.push([word('leave_message'), () => offerContact(true)]);
  const line = note(sentence + phone, actions);
  line.classList.add('trouble');
  announce(sentence + phone);
  toEnd();
  if (retry && offline) addEventListener('online', again);
}

function stopAnswer() {
  if (!running) return;
  running.stopped = true;
  const { message, abort } = running;
  if (!message) return; // its meta event has not come: stopped as soon as it does
  api.stop(message).catch(() => {}); // unreachable: without a listener the answer ends by itself
  abort.abort();
}

/** @param {boolean} on */
function busy(on) {
  part('send').hidden = on;
  part('stop').hidden = !on;
  part('log').setAttribute('aria-busy', String(on));
}

async function askForPerson() {
  const { conversation: id } = await api.askForPerson(conversation);
  conversation = id;
  const visitor = api.keep();
  if (visitor) tell('visitor', visitor);
  note(word('person_told'), [[word('leave_message'), () => offerContact(true)]]);
  announce(word('person_told'));
  toEnd();
  expectPerson();
}

/** @param {boolean} asked */
function offerContact(asked) {
  document.body.classList.add('talking');
  const kept = () => {
    const visitor = api.keep();
    if (visitor) tell('visitor', visitor);
  };
  showContactForm(() => conversation, kept, asked);
}

async function restoreConversation() {
  try {
    const { conversation: id, messages, person } = await api.conversation();
    if (!messages.length || running) return;
    conversation = id;
    document.body.classList.add('talking');
    for (const message of messages) {
      if (message.state === 'answering') continue;
      if (message.author === 'owner' || message.author === 'system') {
        showFromBusiness(message);
        continue;
      }
      know(message.id);
      restore(message);
    }
    setPerson(person);
    toEnd();
    const last = messages.at(-1);
    const question = messages.at(-2);
    if (last?.state === 'answering' && question?.client_message_id) {
      // It goes on where the last page left it: the same question again joins the running answer.
      const bubbles = document.querySelectorAll('.mine');
      const bubble = /** @type {HTMLElement} */ (bubbles[bubbles.length - 1]);
      await ask(question.text, { id: question.client_message_id, bubble });
    }
  } catch (error) {
    // Not a reason to bother the visitor: the line works, and says so itself if it does not.
    console.warn('Milo: the earlier conversation could not be fetched.', error);
  }
}

function askToForget() {
  const line = make('div', 'note', make('p', '', word('forget_ask')));
  const yes = button('danger', word('forget_yes'), async () => {
    try {
      stopAnswer();
      await api.forget();
      tell('forget');
      conversation = null;
      clear();
      setPerson(null);
      document.body.classList.remove('talking');
      note(word('forgotten'));
      announce(word('forgotten'));
    } catch {
      line.remove();
      failed(word('forget_failed'), askToForget);
    }
  });
  line.append(make('div', 'row', yes, button('quiet', word('cancel'), () => line.remove())));
  part('log').append(line);
  toEnd();
  yes.focus();
}
