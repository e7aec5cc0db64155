-- What proves an answer and what follows from one that was missing: why it was given, questions nobody could answer,
-- golden questions, people who take a conversation over, and budgets that end gently.

-- ---------------------------------------------------------------- answers

ALTER TABLE businesses
    ADD COLUMN chat_model         text,                         -- provider:MODEL of MILO_CHAT; NULL: the order there
    ADD COLUMN economy_model      text,                         -- from economy_percent of the cap on; NULL: quotes at the end
    ADD COLUMN economy_percent    integer NOT NULL DEFAULT 80 CHECK (economy_percent BETWEEN 1 AND 100),
    ADD COLUMN temperature        real CHECK (temperature BETWEEN 0 AND 1),       -- NULL: 0
    ADD COLUMN max_answer_tokens  integer CHECK (max_answer_tokens BETWEEN 50 AND 2000),
    ADD COLUMN visitor_daily_token_cap bigint NOT NULL DEFAULT 120000 CHECK (visitor_daily_token_cap >= 0);

-- Why an answer was given holds the visitor's words as they were searched and sentences that were withheld: sealed.
ALTER TABLE messages ADD COLUMN why_sealed bytea;

-- Text that a page hides and signs that nobody sees, left out when it was read: how many, for its owner.
ALTER TABLE document_versions ADD COLUMN unseen integer NOT NULL DEFAULT 0;

-- ---------------------------------------------------------------- a person answers

ALTER TABLE conversations
    DROP CONSTRAINT conversations_channel_check,
    ADD CONSTRAINT conversations_channel_check   -- 'try': somebody of the business tries the chat
        CHECK (channel IN ('web', 'whatsapp', 'sms', 'voice', 'telegram', 'try')),
    ADD COLUMN handled_by   text NOT NULL DEFAULT 'assistant' CHECK (handled_by IN ('assistant', 'person')),
    ADD COLUMN handler_id   uuid,                               -- the account that took it over
    ADD COLUMN handler_name text,                               -- as the visitor sees it
    ADD COLUMN handled_since timestamptz,
    ADD COLUMN person_asked_at timestamptz;                     -- the visitor asked for a person; NULL: not, or done
CREATE INDEX conversations_waiting ON conversations (business_id, person_asked_at) WHERE person_asked_at IS NOT NULL;
ALTER TABLE messages ADD COLUMN sent_by uuid;                   -- the account, of a message written by a person

-- ---------------------------------------------------------------- gaps

ALTER TABLE businesses ADD COLUMN gap_mail boolean NOT NULL DEFAULT true; -- the weekly mail about open questions

-- One thing that visitors asked and nothing answered. What it is called is its questions' words, so that nothing of a
-- visitor is left here once the questions are gone.
CREATE TABLE gaps (
    business_id  uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    gap_id       uuid NOT NULL DEFAULT uuidv7(),
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_asked_at timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,               -- answered or dismissed; kept when it is asked in vain again
    told_at      timestamptz,               -- in a weekly mail
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'dismissed')),
    faq_id       uuid,                      -- the owner's answer
    golden_id    uuid,
    PRIMARY KEY (business_id, gap_id)
);
CREATE INDEX gaps_open ON gaps (business_id, last_asked_at DESC) WHERE state = 'open';

-- A masked copy with a period of its own; one a visitor and gap, so that their number is that of visitors who asked.
CREATE TABLE gap_questions (
    business_id  uuid NOT NULL,
    question_id  uuid NOT NULL DEFAULT uuidv7(),
    gap_id       uuid NOT NULL,
    asked_at     timestamptz NOT NULL DEFAULT now(),
    -- Where it was asked, for counting visitors and for forgetting them. Emptied when the transcript goes, and before
    -- the person's row goes for its age: whatever still bears a person's id goes with that person.
    message_id   uuid,
    conversation_id uuid,
    person_id    uuid,
    left_contact boolean NOT NULL DEFAULT false,
    language     text,
    channel      text NOT NULL,
    model        text,                      -- of `vector`
    vector       halfvec,
    text_sealed  bytea NOT NULL,            -- names, numbers and addresses masked
    PRIMARY KEY (business_id, question_id),
    FOREIGN KEY (business_id, gap_id) REFERENCES gaps ON DELETE CASCADE,
    FOREIGN KEY (business_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX gap_questions_by_gap ON gap_questions (business_id, gap_id, asked_at DESC);
CREATE UNIQUE INDEX gap_questions_by_message ON gap_questions (business_id, message_id) WHERE message_id IS NOT NULL;
CREATE UNIQUE INDEX gap_questions_by_person ON gap_questions (business_id, person_id, gap_id) WHERE person_id IS NOT NULL;

-- Which numbered question of a mail is which gap, for the owner's reply to it.
CREATE TABLE gap_mail_lines (
    business_id uuid NOT NULL,
    outbox_id   uuid NOT NULL,
    line        integer NOT NULL,
    gap_id      uuid NOT NULL,
    PRIMARY KEY (business_id, outbox_id, line),
    FOREIGN KEY (business_id, outbox_id) REFERENCES outbox ON DELETE CASCADE,
    FOREIGN KEY (business_id, gap_id) REFERENCES gaps ON DELETE CASCADE
);
CREATE INDEX gap_mail_lines_by_gap ON gap_mail_lines (business_id, gap_id);

-- What an owner wrote back, until it is taken in: then its text goes.
CREATE TABLE mail_replies (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    reply_id    uuid NOT NULL DEFAULT uuidv7(),
    outbox_id   uuid NOT NULL,              -- of the mail it replies to; that row may go first
    account_id  uuid NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    settled_at  timestamptz,
    state       text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'understood', 'unclear', 'refused')),
    provider    text NOT NULL,
    provider_id text,                       -- the mail's id at a provider whose notice is without the text
    text_sealed bytea,
    PRIMARY KEY (business_id, reply_id)
);

-- Directory: the part of a mail's reply address that says whose mail it was. Kept as a hash.
CREATE TABLE reply_addresses (
    token_hash  bytea PRIMARY KEY,
    business_id uuid NOT NULL,
    outbox_id   uuid NOT NULL,
    account_id  uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX reply_addresses_by_business ON reply_addresses (business_id);
CREATE INDEX reply_addresses_by_account ON reply_addresses (account_id);

-- Directory: what was already taken in from outside (mail replies, later calls of providers), so that it counts once.
CREATE TABLE webhook_events (
    provider    text NOT NULL,
    event_id    text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (provider, event_id)
);

-- ---------------------------------------------------------------- golden questions

CREATE TABLE golden_questions (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    golden_id   uuid NOT NULL DEFAULT uuidv7(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    paused      boolean NOT NULL DEFAULT false,
    origin      text NOT NULL CHECK (origin IN ('owner', 'conversation', 'gap')),
    expects     text NOT NULL CHECK (expects IN ('facts', 'no_answer')),
    language    text,
    created_by  text NOT NULL,             -- account:ID or operator
    question    text NOT NULL CHECK (length(question) BETWEEN 1 AND 500),
    facts       text[] NOT NULL DEFAULT '{}', -- each must stand in the answer or its quotes
    faq_id      uuid,                      -- the owner's answer it was made of; not asked while that is gone
    PRIMARY KEY (business_id, golden_id)
);

CREATE TABLE golden_results (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    golden_id   uuid NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    passed      boolean NOT NULL,
    found       boolean NOT NULL,          -- all facts stand in the passages a model would be given
    status      text NOT NULL,             -- answered | no_answer | refused
    missing     text[] NOT NULL DEFAULT '{}',
    text        text NOT NULL,
    citations   jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (business_id, generation, golden_id),
    FOREIGN KEY (business_id, generation) REFERENCES generations ON DELETE CASCADE,
    FOREIGN KEY (business_id, golden_id) REFERENCES golden_questions ON DELETE CASCADE
);
CREATE INDEX golden_results_by_question ON golden_results (business_id, golden_id);

-- ---------------------------------------------------------------- budgets

ALTER TABLE usage_months
    ADD COLUMN told_near_at timestamptz,    -- the owner was told that the month's end of tokens is near
    ADD COLUMN told_full_at timestamptz,
    ADD COLUMN cost_micros bigint NOT NULL DEFAULT 0 CHECK (cost_micros >= 0); -- millionths of a US dollar, as estimated
ALTER TABLE usage_ledger
    ADD COLUMN person_id   uuid,
    ADD COLUMN cost_micros bigint;

CREATE TABLE usage_days (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    person_id   uuid NOT NULL,
    day         date NOT NULL,
    reserved    bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    used        bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    PRIMARY KEY (business_id, person_id, day),
    FOREIGN KEY (business_id, person_id) REFERENCES people ON DELETE CASCADE
);

-- ---------------------------------------------------------------- very large businesses

-- The vector index of one generation of a very large business, made by a job on the owner's connection. Retrieval
-- reads whether it is ready. Of a generation and not of a business: what is being staged would else be put into the
-- live index row by row, and what is dropped would stay in it until a vacuum.
CREATE TABLE vector_indexes (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    model       text NOT NULL,
    dimensions  integer NOT NULL,
    index_name  text NOT NULL,
    state       text NOT NULL CHECK (state IN ('building', 'ready', 'failed')),
    chunks      integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL DEFAULT now(),
    ready_at    timestamptz,
    reason      text,
    PRIMARY KEY (business_id, generation),
    FOREIGN KEY (business_id, generation) REFERENCES generations ON DELETE CASCADE
);

-- ---------------------------------------------------------------- row level security

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY[
        'gaps', 'gap_questions', 'gap_mail_lines', 'mail_replies', 'golden_questions', 'golden_results', 'usage_days',
        'vector_indexes'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($policy$
            CREATE POLICY own_business ON %I FOR ALL TO milo_app, milo_owner
            USING (business_id = (SELECT nullif(current_setting('app.business_id', true), '')::uuid))
            WITH CHECK (business_id = (SELECT nullif(current_setting('app.business_id', true), '')::uuid))
        $policy$, t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO milo_app', t);
    END LOOP;
END
$$;
GRANT SELECT, INSERT, UPDATE, DELETE ON reply_addresses, webhook_events TO milo_app;
