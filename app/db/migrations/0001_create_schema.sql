-- The whole schema of the first version. Run by milo_owner; the superuser has made the
-- extension `vector` and the three roles before (app/db/bootstrap.py).
--
-- Every table is either a *tenant* table (business_id first in every key, forced row level
-- security) or a *directory* table (looked up before the business is known, no visitor data).
-- tests/tenancy/test_catalogue.py knows no third kind.
--
-- Row order inside a table puts wide variable columns last.

-- ---------------------------------------------------------------- directory tables

CREATE TABLE accounts (
    account_id      uuid PRIMARY KEY DEFAULT uuidv7(),
    email           text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) <= 254),
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_sign_in_at timestamptz
);

CREATE TABLE business_slugs (
    slug        text PRIMARY KEY CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    business_id uuid NOT NULL UNIQUE
);

CREATE TABLE memberships (
    account_id  uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    business_id uuid NOT NULL,
    role        text NOT NULL CHECK (role IN ('owner', 'member')),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, business_id)
);
CREATE INDEX memberships_by_business ON memberships (business_id);

-- The cookie carries the id and an HMAC over it; the row holds only the id's SHA-256.
CREATE TABLE sessions (
    session_hash bytea PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at   timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at   timestamptz NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE sign_in_links (
    token_hash bytea PRIMARY KEY,
    email      text NOT NULL,
    nonce_hash bytea,                      -- NULL: printed by `make up`, opened in any browser
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX sign_in_links_by_email ON sign_in_links (email);

CREATE TABLE widget_keys (
    widget_key  text PRIMARY KEY,
    business_id uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    revoked_at  timestamptz
);
CREATE INDEX widget_keys_by_business ON widget_keys (business_id);

-- Where work waits. One row a business; the worker takes the most overdue one first.
CREATE TABLE job_bells (
    business_id uuid PRIMARY KEY,
    run_after   timestamptz NOT NULL
);
CREATE INDEX job_bells_due ON job_bells (run_after);

CREATE TABLE worker_beats (
    worker_id uuid PRIMARY KEY,
    seen_at   timestamptz NOT NULL
);

-- ---------------------------------------------------------------- tenant tables

CREATE TABLE businesses (
    business_id        uuid PRIMARY KEY DEFAULT uuidv7(),
    slug               text NOT NULL,
    name               text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    website            text,
    industry           text,
    country            text CHECK (country ~ '^[A-Z]{2}$'),
    time_zone          text NOT NULL DEFAULT 'UTC',
    language           text NOT NULL DEFAULT 'en' CHECK (language ~ '^[a-z]{2}$'),
    controller_name    text,
    controller_contact text,
    -- Which sub-processors may see this business's data; the provider factory reads it.
    allowed_processors text[] NOT NULL DEFAULT '{openai,resend,sendgrid}',
    -- Exact origins (scheme://host[:port]) that may embed the widget; empty: any, until the owner lists one.
    allowed_origins    text[] NOT NULL DEFAULT '{}',
    accent             text CHECK (accent ~ '^#[0-9a-f]{6}$'),
    monthly_token_cap  bigint NOT NULL DEFAULT 3000000 CHECK (monthly_token_cap >= 0),
    live_generation    integer,
    last_generation    integer NOT NULL DEFAULT 0,
    created_at         timestamptz NOT NULL DEFAULT now()
);

-- One data key (AES-256-GCM) and one index key (HMAC blind index) a business, wrapped by the key ring.
CREATE TABLE business_keys (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    purpose     text NOT NULL CHECK (purpose IN ('data', 'index')),
    key_no      integer NOT NULL,
    ring_key_id text NOT NULL,
    wrapped     bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, purpose, key_no)
);

CREATE TABLE sources (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    source_id   uuid NOT NULL DEFAULT uuidv7(),
    kind        text NOT NULL CHECK (kind IN ('site', 'files')),
    schedule    text NOT NULL DEFAULT 'daily' CHECK (schedule IN ('daily', 'never')),
    max_pages   integer NOT NULL DEFAULT 500 CHECK (max_pages BETWEEN 1 AND 10000),
    max_depth   integer NOT NULL DEFAULT 10 CHECK (max_depth BETWEEN 0 AND 50),
    created_at  timestamptz NOT NULL DEFAULT now(),
    url         text NOT NULL,             -- a site's start address; 'files:' for the uploaded files
    PRIMARY KEY (business_id, source_id),
    UNIQUE (business_id, url)
);

CREATE TABLE files (
    business_id uuid NOT NULL,
    file_id     uuid NOT NULL DEFAULT uuidv7(),
    source_id   uuid NOT NULL,
    bytes       integer NOT NULL CHECK (bytes <= 20971520),
    created_at  timestamptz NOT NULL DEFAULT now(),
    sha256      bytea NOT NULL,
    name        text NOT NULL,
    media_type  text NOT NULL,
    content     bytea NOT NULL,
    PRIMARY KEY (business_id, file_id),
    UNIQUE (business_id, source_id, name),
    FOREIGN KEY (business_id, source_id) REFERENCES sources ON DELETE CASCADE
);

CREATE TABLE documents (
    business_id     uuid NOT NULL,
    document_id     uuid NOT NULL DEFAULT uuidv7(),
    source_id       uuid NOT NULL,
    first_seen_at   timestamptz NOT NULL DEFAULT now(),
    last_checked_at timestamptz NOT NULL DEFAULT now(),
    url             text NOT NULL,          -- canonical address, or file:NAME
    PRIMARY KEY (business_id, document_id),
    UNIQUE (business_id, source_id, url),
    FOREIGN KEY (business_id, source_id) REFERENCES sources ON DELETE CASCADE
);

-- What one page or file said at one time. Never changed once written.
CREATE TABLE document_versions (
    business_id   uuid NOT NULL,
    version_id    uuid NOT NULL DEFAULT uuidv7(),
    document_id   uuid NOT NULL,
    words         integer NOT NULL,
    fetched_at    timestamptz NOT NULL DEFAULT now(),
    language      text,
    content_hash  bytea NOT NULL,           -- SHA-256 of extractor version, title and text
    media_type    text NOT NULL,
    etag          text,
    last_modified text,
    title         text NOT NULL,
    links         text[] NOT NULL,          -- so that an unchanged page (304) still leads on
    blocks        jsonb NOT NULL,           -- [{kind, level, start, end, page, header}] over text
    text          text NOT NULL,
    PRIMARY KEY (business_id, version_id),
    UNIQUE (business_id, document_id, content_hash),
    FOREIGN KEY (business_id, document_id) REFERENCES documents ON DELETE CASCADE
);

-- One run over one source, and what became of every address it met.
CREATE TABLE crawls (
    business_id uuid NOT NULL,
    crawl_id    uuid NOT NULL DEFAULT uuidv7(),
    source_id   uuid NOT NULL,
    state       text NOT NULL CHECK (state IN ('running', 'published', 'held', 'failed')),
    phase       text NOT NULL DEFAULT 'crawl' CHECK (phase IN ('crawl', 'chunk', 'embed', 'publish', 'done')),
    done        integer NOT NULL DEFAULT 0, -- of `total` in this phase; total 0: not known yet
    total       integer NOT NULL DEFAULT 0,
    generation  integer,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    reason      text,
    report      jsonb,
    PRIMARY KEY (business_id, crawl_id),
    FOREIGN KEY (business_id, source_id) REFERENCES sources ON DELETE CASCADE
);
CREATE INDEX crawls_by_source ON crawls (business_id, source_id, started_at DESC);

CREATE TABLE crawl_pages (
    business_id uuid NOT NULL,
    crawl_id    uuid NOT NULL,
    position    integer NOT NULL,
    depth       integer NOT NULL,
    http        integer,
    bytes       integer NOT NULL DEFAULT 0,
    words       integer NOT NULL DEFAULT 0,
    document_id uuid,
    at          timestamptz NOT NULL DEFAULT now(),
    status      text NOT NULL CHECK (status IN ('fetched', 'unchanged', 'skipped', 'failed')),
    reason      text,
    detail      text,
    url         text NOT NULL,
    PRIMARY KEY (business_id, crawl_id, position),
    FOREIGN KEY (business_id, crawl_id) REFERENCES crawls ON DELETE CASCADE
);

CREATE TABLE generations (
    business_id     uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    generation      integer NOT NULL,
    state           text NOT NULL CHECK (state IN ('staging', 'published', 'superseded', 'held', 'failed')),
    crawl_id        uuid,                   -- what made it; no foreign key, crawls are pruned sooner
    documents       integer NOT NULL DEFAULT 0,
    chunks          integer NOT NULL DEFAULT 0,
    reused          integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL DEFAULT now(),
    published_at    timestamptz,
    fingerprint     bytea,                  -- of the versions, the chunker, the analyser and the model
    embedding_model text NOT NULL,
    analyser        text NOT NULL,
    reason          text,
    PRIMARY KEY (business_id, generation)
);
-- Two re-indexes of one business never stage side by side.
CREATE UNIQUE INDEX generations_one_staging ON generations (business_id) WHERE state = 'staging';

CREATE TABLE generation_documents (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    document_id uuid NOT NULL,
    version_id  uuid NOT NULL,
    PRIMARY KEY (business_id, generation, document_id),
    FOREIGN KEY (business_id, generation) REFERENCES generations ON DELETE CASCADE,
    FOREIGN KEY (business_id, document_id) REFERENCES documents ON DELETE CASCADE,
    FOREIGN KEY (business_id, version_id) REFERENCES document_versions ON DELETE CASCADE
);
CREATE INDEX generation_documents_by_version ON generation_documents (business_id, version_id);

-- A passage. text is exactly the version's text at spans (flat start,end pairs), joined by newlines.
CREATE TABLE chunks (
    business_id  uuid NOT NULL,
    generation   integer NOT NULL,
    chunk_no     integer NOT NULL,
    document_id  uuid NOT NULL,
    version_id   uuid NOT NULL,
    tokens       integer NOT NULL CHECK (tokens <= 400),
    page         integer,
    kind         text NOT NULL CHECK (kind IN ('page', 'recurring')),
    language     text,
    text_hash    bytea NOT NULL,            -- SHA-256 of what is embedded for the whole passage
    spans        integer[] NOT NULL,
    title        text NOT NULL,
    heading_path text[] NOT NULL,
    text         text NOT NULL,
    PRIMARY KEY (business_id, generation, chunk_no),
    FOREIGN KEY (business_id, generation, document_id) REFERENCES generation_documents ON DELETE CASCADE
);
CREATE INDEX chunks_by_document ON chunks (business_id, generation, document_id);

-- window_no 0 is the whole passage, 1… are small windows of it. The key keeps the whole
-- passages of a generation side by side, so that an exact scan reads them in one range.
-- PLAIN: 1,536 dimensions are 3 kB and would else be moved out of line.
CREATE TABLE chunk_windows (
    business_id    uuid NOT NULL,
    generation     integer NOT NULL,
    window_no      integer NOT NULL,
    chunk_no       integer NOT NULL,
    model          text NOT NULL,
    embedding_hash bytea NOT NULL,          -- SHA-256 of the text that was embedded
    embedding      halfvec NOT NULL,
    PRIMARY KEY (business_id, generation, model, window_no, chunk_no),
    FOREIGN KEY (business_id, generation, chunk_no) REFERENCES chunks ON DELETE CASCADE
);
ALTER TABLE chunk_windows ALTER COLUMN embedding SET STORAGE PLAIN;
CREATE INDEX chunk_windows_by_chunk ON chunk_windows (business_id, generation, chunk_no);
CREATE INDEX chunk_windows_by_hash ON chunk_windows (business_id, model, embedding_hash);

-- Lexical side: field 'w' stemmed words, 'g' character n-grams. packed: little-endian uint32
-- chunk numbers (count = length / 5), then one uint8 frequency each (capped at 255).
CREATE TABLE postings (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    field       "char" NOT NULL CHECK (field IN ('w', 'g')),
    term        text NOT NULL,
    packed      bytea NOT NULL,
    PRIMARY KEY (business_id, generation, field, term),
    FOREIGN KEY (business_id, generation) REFERENCES generations ON DELETE CASCADE
);

CREATE TABLE posting_lengths (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    field       "char" NOT NULL CHECK (field IN ('w', 'g')),
    chunk_count integer NOT NULL,
    lengths     bytea NOT NULL,             -- little-endian uint32 terms in chunk 0, 1, …
    PRIMARY KEY (business_id, generation, field),
    FOREIGN KEY (business_id, generation) REFERENCES generations ON DELETE CASCADE
);

-- One erasable subject: everything personal about a visitor hangs on this row.
CREATE TABLE people (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    person_id   uuid NOT NULL DEFAULT uuidv7(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (business_id, person_id)
);

CREATE TABLE identities (
    business_id  uuid NOT NULL,
    identity_id  uuid NOT NULL DEFAULT uuidv7(),
    person_id    uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    kind         text NOT NULL CHECK (kind IN ('web', 'phone', 'email', 'whatsapp', 'telegram')),
    blind_index  bytea NOT NULL,
    value_sealed bytea NOT NULL,
    PRIMARY KEY (business_id, identity_id),
    UNIQUE (business_id, kind, blind_index),
    FOREIGN KEY (business_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX identities_by_person ON identities (business_id, person_id);

CREATE TABLE conversations (
    business_id     uuid NOT NULL,
    conversation_id uuid NOT NULL DEFAULT uuidv7(),
    person_id       uuid NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT now(),
    last_message_at timestamptz NOT NULL DEFAULT now(),
    unanswered      integer NOT NULL DEFAULT 0,
    seen_at         timestamptz,
    channel         text NOT NULL CHECK (channel IN ('web', 'whatsapp', 'sms', 'voice', 'telegram')),
    language        text,
    PRIMARY KEY (business_id, conversation_id),
    FOREIGN KEY (business_id, person_id) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX conversations_latest ON conversations (business_id, last_message_at DESC);
CREATE INDEX conversations_by_person ON conversations (business_id, person_id);

CREATE TABLE messages (
    business_id       uuid NOT NULL,
    message_id        uuid NOT NULL DEFAULT uuidv7(),
    conversation_id   uuid NOT NULL,
    in_reply_to       uuid,
    created_at        timestamptz NOT NULL DEFAULT now(),
    finished_at       timestamptz,
    author            text NOT NULL CHECK (author IN ('visitor', 'assistant', 'owner', 'system')),
    state             text NOT NULL CHECK (state IN ('complete', 'answering', 'interrupted')),
    outcome           text CHECK (outcome IN ('answered', 'no_answer', 'refused')),
    client_message_id text,
    text_sealed       bytea,
    -- [{start, end, citations: [{passage, chunk: [generation, no], quote, url, title, page}]}], offsets
    -- into the text; the business's own words only, nothing a visitor wrote.
    citations         jsonb NOT NULL DEFAULT '[]',
    -- mode, model, language, generation, passages with scores, withheld, usage, timings
    details           jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (business_id, message_id),
    UNIQUE (business_id, conversation_id, client_message_id),
    FOREIGN KEY (business_id, conversation_id) REFERENCES conversations ON DELETE CASCADE,
    FOREIGN KEY (business_id, in_reply_to) REFERENCES messages ON DELETE CASCADE
);
CREATE INDEX messages_by_conversation ON messages (business_id, conversation_id, message_id);
CREATE INDEX messages_by_question ON messages (business_id, in_reply_to);
CREATE INDEX messages_answering ON messages (business_id) WHERE state = 'answering';

CREATE TABLE leads (
    business_id     uuid NOT NULL,
    lead_id         uuid NOT NULL DEFAULT uuidv7(),
    person_id       uuid NOT NULL,
    conversation_id uuid,
    created_at      timestamptz NOT NULL DEFAULT now(),
    handled_at      timestamptz,
    idempotency_key bytea NOT NULL,         -- SHA-256 of the visitor's key
    body_hash       bytea NOT NULL,         -- HMAC of the fields: the same key with another body is refused
    name_sealed     bytea,
    email_sealed    bytea,
    phone_sealed    bytea,
    message_sealed  bytea,
    PRIMARY KEY (business_id, lead_id),
    UNIQUE (business_id, idempotency_key),
    FOREIGN KEY (business_id, person_id) REFERENCES people ON DELETE CASCADE,
    FOREIGN KEY (business_id, conversation_id) REFERENCES conversations ON DELETE CASCADE
);
CREATE INDEX leads_by_person ON leads (business_id, person_id);
CREATE INDEX leads_by_conversation ON leads (business_id, conversation_id);

-- Anything that leaves the house is a row here first. queued → sending → sent | failed.
CREATE TABLE outbox (
    business_id         uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    outbox_id           uuid NOT NULL DEFAULT uuidv7(),
    lead_id             uuid,
    attempts            integer NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL DEFAULT now(),
    not_before          timestamptz NOT NULL DEFAULT now(),
    sent_at             timestamptz,
    channel             text NOT NULL CHECK (channel IN ('mail', 'sms', 'whatsapp', 'telegram')),
    purpose             text NOT NULL,
    state               text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    dedup_key           text NOT NULL,
    provider            text,
    provider_message_id text,
    last_error          text,
    recipient_sealed    bytea NOT NULL,
    payload_sealed      bytea NOT NULL,
    PRIMARY KEY (business_id, outbox_id),
    UNIQUE (business_id, channel, dedup_key),
    FOREIGN KEY (business_id, lead_id) REFERENCES leads ON DELETE CASCADE
);
CREATE INDEX outbox_by_lead ON outbox (business_id, lead_id);

CREATE TABLE jobs (
    business_id  uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    job_id       uuid NOT NULL DEFAULT uuidv7(),
    attempts     integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL DEFAULT 5,
    run_after    timestamptz NOT NULL DEFAULT now(),
    lease_until  timestamptz,
    lease_owner  uuid,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    kind         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    key          text,                      -- at most one waiting job of a kind and key
    last_error   text,
    payload      jsonb NOT NULL DEFAULT '{}', -- ids only, never a visitor's words
    PRIMARY KEY (business_id, job_id)
);
CREATE UNIQUE INDEX jobs_one_waiting ON jobs (business_id, kind, key) WHERE state = 'queued';
CREATE INDEX jobs_open ON jobs (business_id, run_after) WHERE state IN ('queued', 'running');

-- Reserve before the call, settle after. The month's row is what the cap is held against.
CREATE TABLE usage_months (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    month       date NOT NULL,
    reserved    bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    used        bigint NOT NULL DEFAULT 0 CHECK (used >= 0),
    PRIMARY KEY (business_id, month)
);

CREATE TABLE usage_ledger (
    business_id   uuid NOT NULL,
    entry_id      uuid NOT NULL DEFAULT uuidv7(),
    month         date NOT NULL,
    reserved      bigint NOT NULL,
    prompt_tokens bigint,
    answer_tokens bigint,
    at            timestamptz NOT NULL DEFAULT now(),
    settled_at    timestamptz,
    model         text NOT NULL,
    purpose       text NOT NULL,
    PRIMARY KEY (business_id, entry_id),
    FOREIGN KEY (business_id, month) REFERENCES usage_months ON DELETE CASCADE
);
CREATE INDEX usage_ledger_open ON usage_ledger (business_id, at) WHERE settled_at IS NULL;

CREATE TABLE audit_log (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    entry_id    uuid NOT NULL DEFAULT uuidv7(),
    at          timestamptz NOT NULL DEFAULT now(),
    actor       text NOT NULL,              -- account:ID, operator, worker, visitor
    action      text NOT NULL,              -- business.create, source.add, …
    target      text,
    details     jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (business_id, entry_id)
);

-- ---------------------------------------------------------------- row level security

-- After SET LOCAL and COMMIT the setting is '', not NULL: nullif. The sub-select makes the
-- planner read the setting once a query and not once a row.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY[
        'businesses', 'business_keys', 'sources', 'files', 'documents', 'document_versions', 'crawls',
        'crawl_pages', 'generations', 'generation_documents', 'chunks', 'chunk_windows', 'postings',
        'posting_lengths', 'people', 'identities', 'conversations', 'messages', 'leads', 'outbox', 'jobs',
        'usage_months', 'usage_ledger', 'audit_log'
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
    FOREACH t IN ARRAY ARRAY[
        'accounts', 'business_slugs', 'memberships', 'sessions', 'sign_in_links', 'widget_keys', 'job_bells',
        'worker_beats'
    ] LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO milo_app', t);
    END LOOP;
END
$$;

-- The log is written and read, never changed.
REVOKE UPDATE, DELETE ON audit_log FROM milo_app;

-- What the service may see across businesses: states and times for its metrics and the built-in
-- mailbox's list. No text, no address, no payload.
CREATE POLICY ops_reads ON jobs FOR SELECT TO milo_ops USING (true);
GRANT SELECT (business_id, job_id, kind, state, attempts, run_after, lease_until, created_at, finished_at) ON jobs TO milo_ops;
CREATE POLICY ops_reads ON outbox FOR SELECT TO milo_ops USING (true);
GRANT SELECT (business_id, outbox_id, channel, purpose, state, provider, created_at, not_before, sent_at) ON outbox TO milo_ops;
CREATE POLICY ops_reads ON businesses FOR SELECT TO milo_ops USING (true);
GRANT SELECT (business_id, slug, live_generation, created_at) ON businesses TO milo_ops;
GRANT SELECT ON job_bells, worker_beats TO milo_ops;
