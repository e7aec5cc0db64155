/**
 * Every request of the frame. Holds the visitor's id, the proof that the conversation is ours and the token
 * that is made of them. The id lives with the host page (bridge.js), the proof in the frame's own storage,
 * both only after the first message: the id alone opens no transcript.
 */
import { refusal, Refused, Unreachable } from './stream.js';
import { config } from './words.js';

const base = `/w/${config?.key ?? ''}`;
const slot = `milo-proof:${config?.key ?? ''}`;
const draftSlot = `milo-draft:${config?.key ?? ''}`;

/** @type {string | null} */
let visitor = null;
/** @type {string | null} */
let proof = null;
/** @type {Promise<string> | null} */
let token = null;
let tokenText = '';
let kept = false;

/** @param {string | null} known The id that the host page kept. */
export function begin(known) {
  visitor = known;
  proof = known ? stored(() => localStorage.getItem(slot)) : null;
  kept = known !== null;
}

/** Whether a conversation of before may be asked for. */
export const returning = () => kept && proof !== null;

/** The host page knows the visitor, and the browser lets this frame keep nothing: what was said before stays closed. */
export const blocked = () => {
  try {
    return kept && proof === null && !window.localStorage;
  } catch {
    return kept;
  }
};

/** The first message is accepted: from here on the browser keeps the id, in two halves. */
export function keep() {
  const secret = proof;
  if (secret) stored(() => localStorage.setItem(slot, secret));
  kept = true;
  return visitor;
}

/**
 * The unsent text, for as long as the tab lives, and only where something was sent before.
 * @param {string | null} [text]
 * @returns {string}
 */
export function draft(text) {
  if (text === undefined) return (kept && stored(() => sessionStorage.getItem(draftSlot))) || '';
  if (kept && text) stored(() => sessionStorage.setItem(draftSlot, text));
  else stored(() => sessionStorage.removeItem(draftSlot));
  return text ?? '';
}

/**
 * @param {{ text: string, client_message_id: string, conversation: string | null, trial: string | null }} message
 * @param {string} lastEventId
 * @param {AbortSignal} signal
 */
export function ask(message, lastEventId, signal) {
  return send('POST', '/messages', message, lastEventId ? { 'Last-Event-ID': lastEventId } : {}, signal);
}

/** @param {string} message */
export async function stop(message) {
  return fine(await send('POST', `/messages/${message}/stop`, {}));
}

/**
 * While the page goes away; a beacon carries no header, so the token goes in the body.
 * @param {string} message
 */
export function stopByBeacon(message) {
  const body = new Blob([JSON.stringify({ token: tokenText })], { type: 'application/json' });
  navigator.sendBeacon(`${base}/messages/${message}/stop`, body);
}

/** @typedef {{ conversation: string | null, messages: import('./types.js').StoredMessage[], person: import('./types.js').PersonState | null }} Whole */

/**
 * The business is told that somebody wants a person.
 * @param {string | null} id
 * @returns {Promise<{ conversation: string }>}
 */
export async function askForPerson(id) {
  return fine(await send('POST', '/person', id ? { conversation: id } : {}));
}

/** @param {string} id */
export async function backToAssistant(id) {
  return fine(await send('POST', '/assistant', { conversation: id }));
}

/** @returns {Promise<Whole>} */
export async function conversation() {
  return fine(await send('GET', '/conversation'));
}

/**
 * @param {Record<string, string>} fields
 * @param {string} idempotencyKey
 */
export async function leaveLead(fields, idempotencyKey) {
  return fine(await send('POST', '/leads', fields, { 'Idempotency-Key': idempotencyKey }));
}

/** Erases the person on the server and every trace in the browser. */
export async function forget() {
  await fine(await send('DELETE', '/visitor'));
  stored(() => localStorage.removeItem(slot));
  draft(null);
  visitor = proof = token = null;
  tokenText = '';
  kept = false;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
async function send(method, path, body, headers = {}, signal) {
  const response = await request(method, path, body, { ...headers, Authorization: `Bearer ${await session()}` }, signal);
  if (response.status !== 401) return response;
  token = null; // past its 24 hours: a new one for the same visitor, once
  return request(method, path, body, { ...headers, Authorization: `Bearer ${await session()}` }, signal);
}

function session() {
  token ??= open().catch((error) => {
    token = null;
    throw error;
  });
  return token;
}

async function open() {
  const answer = await fine(await request('POST', '/session', visitor ? { visitor, proof } : {}));
  visitor = answer.visitor;
  proof = answer.proof;
  tokenText = answer.token;
  return tokenText;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 * @param {AbortSignal} [signal]
 */
async function request(method, path, body, headers = {}, signal) {
  try {
    return await fetch(base + path, {
      method,
      headers: body ? { ...headers, 'Content-Type': 'application/json' } : headers,
      body: body ? JSON.stringify(body) : null,
      credentials: 'omit',
      cache: 'no-store',
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable('no connection');
  }
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function fine(response) {
  if (!response.ok) throw await refusal(response);
  try {
    return await response.json();
  } catch {
    throw new Refused('', { status: response.status, retry: true }); // a proxy's page in place of ours
  }
}

/**
 * @template T
 * @param {() => T} act
 * @returns {T | null}
 */
function stored(act) {
  try {
    return act();
  } catch {
    return null; // storage is blocked for frames of other sites: memory only
  }
}
