-- Knowledge that stays complete, fresh and honest: rules and schedules of sources, proof of owning a host,
-- what the owner says (FAQ, facts), facts found in pages, and what changed between two generations.

-- ---------------------------------------------------------------- sources

ALTER TABLE sources
    DROP CONSTRAINT sources_kind_check,
    DROP CONSTRAINT sources_schedule_check,
    ADD CONSTRAINT sources_kind_check CHECK (kind IN ('site', 'files', 'owner')),
    ADD CONSTRAINT sources_schedule_check CHECK (schedule IN ('daily', 'weekly', 'monthly', 'never')),
    ADD COLUMN draft         boolean NOT NULL DEFAULT false,   -- looked at before it is added; purged after a day
    ADD COLUMN scheme_guessed boolean NOT NULL DEFAULT false,  -- typed without one: https until the first answer
    ADD COLUMN ignore_robots boolean NOT NULL DEFAULT false,   -- in force only while the host is proved to be owned
    ADD COLUMN needs_browser boolean NOT NULL DEFAULT false,   -- its pages are empty without JavaScript
    -- Patterns over path and query (ingestion/rules.py). No include: everything that no exclude names.
    ADD COLUMN include       text[] NOT NULL DEFAULT '{}',
    ADD COLUMN exclude       text[] NOT NULL DEFAULT '{}',
    ADD COLUMN recheck       text[] NOT NULL DEFAULT '{}';     -- addresses the owner wants asked again

-- A notice from the owner's own site ("something changed"), found by the hash of the token in its address.
CREATE TABLE source_hooks (
    token_hash  bytea PRIMARY KEY,
    business_id uuid NOT NULL,
    source_id   uuid NOT NULL UNIQUE,
    created_at  timestamptz NOT NULL DEFAULT now(),
    rung_at     timestamptz
);
CREATE INDEX source_hooks_by_business ON source_hooks (business_id);

-- Which hosts the owner has proved to own, and how. The token is public by nature (it stands in DNS or a page).
CREATE TABLE host_proofs (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    host        text NOT NULL,             -- host[:port], lower case, without www.
    created_at  timestamptz NOT NULL DEFAULT now(),
    checked_at  timestamptz,
    proved_at   timestamptz,               -- NULL: not proved, or not any more
    method      text CHECK (method IN ('dns', 'file', 'meta')),
    token       text NOT NULL,
    reason      text,                      -- why the last look found no proof
    PRIMARY KEY (business_id, host)
);

-- ---------------------------------------------------------------- documents, crawls, generations

ALTER TABLE documents
    ADD COLUMN missed        integer NOT NULL DEFAULT 0,       -- readings in a row that answered 404 or 410
    ADD COLUMN failing_since timestamptz;                      -- since when only its last good text is known

ALTER TABLE document_versions
    ADD COLUMN extractor  text NOT NULL DEFAULT '',            -- EXTRACTOR_VERSION; another one: read in full again
    ADD COLUMN structured jsonb NOT NULL DEFAULT '[]',         -- schema.org items the page declares, pruned
    ADD COLUMN cut        text,                                -- why it holds only a part (a Reason); NULL: all of it
    ADD COLUMN cut_detail text;
COMMENT ON COLUMN document_versions.content_hash IS 'SHA-256 of extractor version, title, text and structured items';

ALTER TABLE crawls
    DROP CONSTRAINT crawls_state_check,
    ADD CONSTRAINT crawls_state_check CHECK (state IN ('running', 'published', 'held', 'failed', 'previewed')),
    ADD COLUMN purpose text NOT NULL DEFAULT 'reading' CHECK (purpose IN ('reading', 'preview', 'recheck'));

ALTER TABLE crawl_pages ADD COLUMN language text;

ALTER TABLE generations
    ADD COLUMN done    integer NOT NULL DEFAULT 0,             -- of `total`, while it is embedded anew for another model
    ADD COLUMN total   integer NOT NULL DEFAULT 0,
    ADD COLUMN changes jsonb NOT NULL DEFAULT '[]';            -- what differs from what was live, for the owner

-- The generation last: in a new database, whose tables nobody has analysed yet, the planner took this index for the
-- references of windows to chunks and read all passages of the generation for each (0.8 s a batch at 20,000).
DROP INDEX chunks_by_document;
CREATE INDEX chunks_by_document ON chunks (business_id, document_id, generation);

-- Worker processes with a browser beside them may take pages that need one.
ALTER TABLE worker_beats ADD COLUMN renders boolean NOT NULL DEFAULT false;

-- When a job of this business was last begun: whoever waited longest since then comes next, however many wait.
ALTER TABLE job_bells ADD COLUMN served_at timestamptz;

-- ---------------------------------------------------------------- what the owner says

CREATE TABLE faq_entries (
    business_id uuid NOT NULL,
    faq_id      uuid NOT NULL DEFAULT uuidv7(),
    source_id   uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    updated_by  text NOT NULL,             -- account:ID or operator
    question    text NOT NULL CHECK (length(question) BETWEEN 1 AND 500),
    answer      text NOT NULL CHECK (length(answer) BETWEEN 1 AND 10000),
    PRIMARY KEY (business_id, faq_id),
    FOREIGN KEY (business_id, source_id) REFERENCES sources ON DELETE CASCADE
);
CREATE INDEX faq_entries_by_source ON faq_entries (business_id, source_id);

-- What a page or file states as a fact: recognised when a generation is staged, gone with it. `value` by kind as
-- ingestion/facts/model.py describes; start and end (characters) in the version's text, NULL for what stands only in
-- structured data.
CREATE TABLE found_facts (
    business_id uuid NOT NULL,
    generation  integer NOT NULL,
    fact_no     integer NOT NULL,
    document_id uuid NOT NULL,
    version_id  uuid NOT NULL,
    start_at    integer,
    end_at      integer,
    page        integer,
    kind        text NOT NULL,
    origin      text NOT NULL CHECK (origin IN ('json_ld', 'microdata', 'text')),
    language    text,
    subject     text NOT NULL,             -- what it is about, as shown; '': the business itself
    subject_key text NOT NULL,             -- the same for comparing
    value_key   text NOT NULL,             -- equal keys are equal facts
    shown       text NOT NULL,             -- the words of the source
    value       jsonb NOT NULL,
    PRIMARY KEY (business_id, generation, fact_no),
    FOREIGN KEY (business_id, generation, document_id) REFERENCES generation_documents ON DELETE CASCADE
);
CREATE INDEX found_facts_by_document ON found_facts (business_id, generation, document_id);

-- What the owner decided: confirmed as found, corrected, added, or rejected ("that is not so").
CREATE TABLE facts (
    business_id uuid NOT NULL REFERENCES businesses ON DELETE CASCADE,
    fact_id     uuid NOT NULL DEFAULT uuidv7(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz,
    state       text NOT NULL CHECK (state IN ('confirmed', 'corrected', 'added', 'rejected')),
    kind        text NOT NULL,
    language    text,
    subject     text NOT NULL,
    subject_key text NOT NULL,
    value_key   text NOT NULL,
    found_url   text,                      -- where it was found, for what came from a page
    found_key   text,                      -- the value found there when the owner decided
    decided_by  text NOT NULL,             -- account:ID or operator
    decided_as  text NOT NULL,             -- how the source is named: "owner, 2026-11-21"
    shown       text NOT NULL,
    value       jsonb NOT NULL,
    PRIMARY KEY (business_id, fact_id)
);
CREATE INDEX facts_by_subject ON facts (business_id, kind, subject_key);

-- ---------------------------------------------------------------- row level security

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['host_proofs', 'faq_entries', 'found_facts', 'facts'] LOOP
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
GRANT SELECT, INSERT, UPDATE, DELETE ON source_hooks TO milo_app;
