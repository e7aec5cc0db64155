/**
 * The shapes that the frame's modules share. Nothing runs here.
 *
 * @typedef {object} Citation
 * @property {number} passage Counts from 1 within one answer.
 * @property {string} quote The exact words of the source.
 * @property {string} title
 * @property {string | null} url Only http(s); null for an uploaded file.
 * @property {string | null} [link] The same page, opened at the quote.
 * @property {number | null} [page]
 * @property {string | null} [checked_at] ISO time at which the source was last seen to say so.
 *
 * @typedef {object} Sentence
 * @property {string} text
 * @property {Citation[]} citations
 *
 * @typedef {object} StoredMessage
 * @property {string} id
 * @property {'visitor' | 'assistant' | 'owner' | 'system'} author
 * @property {'complete' | 'answering' | 'interrupted'} state
 * @property {string} text
 * @property {Sentence[]} sentences
 * @property {string | null} client_message_id
 * @property {string | null} note Of a system message: what happened.
 * @property {string | null} name Of the person who wrote, or came.
 *
 * @typedef {object} PersonState
 * @property {string | null} name
 * @property {boolean} there False: asked for, and not there yet.
 *
 * @typedef {object} Config
 * @property {string} key
 * @property {string} name Of the business.
 * @property {string} language Of the words below, two letters.
 * @property {string | null} accent #rrggbb
 * @property {string | null} phone
 * @property {string | null} trial The mark of somebody of the business who tries the chat.
 * @property {string} ask What stands in the line at first.
 * @property {string[]} origins Who may embed; empty: anybody.
 * @property {Record<string, string>} words
 *
 * @typedef {{ id: string, event: string, data: any }} ServerEvent
 */
export {};
