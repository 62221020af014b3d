CREATE TABLE aliases (
    alias TEXT NOT NULL,
    story TEXT NOT NULL,
    merged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_aliases PRIMARY KEY (alias)
);

CREATE INDEX ix_aliases_story ON aliases (story);

CREATE TABLE attachments (
    digest TEXT NOT NULL,
    content BYTEA NOT NULL,
    CONSTRAINT pk_attachments PRIMARY KEY (digest)
);

CREATE TABLE audit_log (
    id BIGSERIAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    detail TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY (id),
    CONSTRAINT uq_audit_log_hash UNIQUE (hash)
);

CREATE TABLE digests (
    day TEXT NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_digests PRIMARY KEY (day)
);

CREATE TABLE documents (
    id BIGINT NOT NULL,
    short_id TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    outlet TEXT NOT NULL,
    url TEXT NOT NULL,
    title TEXT,
    lead TEXT,
    body TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    first_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    modified_at TIMESTAMP WITH TIME ZONE,
    section TEXT,
    authors TEXT NOT NULL,
    author TEXT,
    method TEXT NOT NULL,
    gaps TEXT NOT NULL,
    reach BIGINT,
    digest TEXT NOT NULL,
    version INTEGER NOT NULL,
    version_at TIMESTAMP WITH TIME ZONE NOT NULL,
    judged_model TEXT DEFAULT '' NOT NULL,
    gone_at TIMESTAMP WITH TIME ZONE,
    gone_status INTEGER,
    follow_at TIMESTAMP WITH TIME ZONE,
    follow_step INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (id),
    CONSTRAINT uq_documents_short_id UNIQUE (short_id),
    CONSTRAINT uq_documents_key UNIQUE (key)
);

CREATE INDEX ix_documents_author ON documents (author) WHERE author IS NOT NULL;

CREATE INDEX ix_documents_follow_at ON documents (follow_at) WHERE follow_at IS NOT NULL;

CREATE INDEX ix_documents_judged_model_first_seen ON documents (judged_model, first_seen);

CREATE INDEX ix_documents_kind_at ON documents (kind, at);

CREATE TABLE marks (
    mark BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    CONSTRAINT pk_marks PRIMARY KEY (mark, seen, document_id)
);

CREATE TABLE messages (
    id BIGSERIAL NOT NULL,
    message_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    story TEXT,
    attachments TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    error TEXT,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT uq_messages_message_id_recipient UNIQUE (message_id, recipient)
);

CREATE INDEX ix_messages_due ON messages (due_at) WHERE state IN ('queued', 'sending');

CREATE INDEX ix_messages_kind_id ON messages (kind, id);

CREATE TABLE officers (
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    roles TEXT NOT NULL,
    province TEXT,
    unit TEXT,
    active BOOLEAN NOT NULL,
    password_hash TEXT NOT NULL,
    CONSTRAINT pk_officers PRIMARY KEY (login)
);

CREATE TABLE polls (
    source TEXT NOT NULL,
    hour BIGINT NOT NULL,
    polls INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    items INTEGER NOT NULL,
    "new" INTEGER NOT NULL,
    success_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_polls PRIMARY KEY (source, hour)
);

CREATE INDEX ix_polls_hour ON polls (hour);

CREATE TABLE problems (
    what TEXT NOT NULL,
    place TEXT NOT NULL,
    hour BIGINT NOT NULL,
    count INTEGER NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    detail TEXT NOT NULL,
    CONSTRAINT pk_problems PRIMARY KEY (what, place, hour)
);

CREATE INDEX ix_problems_last_at ON problems (last_at);

CREATE TABLE reports (
    week TEXT NOT NULL,
    issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    figures TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    CONSTRAINT pk_reports PRIMARY KEY (week)
);

CREATE TABLE requests (
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    progress TEXT NOT NULL,
    result TEXT,
    lease_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_requests PRIMARY KEY (id)
);

CREATE INDEX ix_requests_state_at ON requests (state, at);

CREATE TABLE runs (
    id BIGSERIAL NOT NULL,
    job TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ok BOOLEAN,
    note TEXT NOT NULL,
    CONSTRAINT pk_runs PRIMARY KEY (id)
);

CREATE INDEX ix_runs_job_id ON runs (job, id);

CREATE TABLE source_states (
    source TEXT NOT NULL,
    polled_at TIMESTAMP WITH TIME ZONE NOT NULL,
    success_at TIMESTAMP WITH TIME ZONE,
    new_at TIMESTAMP WITH TIME ZONE,
    failures INTEGER NOT NULL,
    error TEXT NOT NULL,
    CONSTRAINT pk_source_states PRIMARY KEY (source)
);

CREATE TABLE stories (
    id TEXT NOT NULL,
    headline TEXT NOT NULL,
    first_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    documents INTEGER NOT NULL,
    outlets INTEGER NOT NULL,
    told_urgent_at TIMESTAMP WITH TIME ZONE,
    told_daily_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_stories PRIMARY KEY (id)
);

CREATE TABLE tombstones (
    short_id TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    why TEXT NOT NULL,
    CONSTRAINT pk_tombstones PRIMARY KEY (short_id)
);

CREATE TABLE validators (
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    CONSTRAINT pk_validators PRIMARY KEY (source, url)
);

CREATE TABLE assessments (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    model TEXT NOT NULL,
    version INTEGER NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    relevance INTEGER NOT NULL,
    spam BOOLEAN NOT NULL,
    answer TEXT NOT NULL,
    decision TEXT NOT NULL,
    reason_code TEXT NOT NULL,
    reason_text TEXT NOT NULL,
    story TEXT,
    near_duplicate_of TEXT,
    CONSTRAINT pk_assessments PRIMARY KEY (id),
    CONSTRAINT fk_assessments_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_assessments_document_id_judged_at ON assessments (document_id, judged_at);

CREATE TABLE case_steps (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    by TEXT,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    note TEXT NOT NULL,
    routed_to TEXT,
    CONSTRAINT pk_case_steps PRIMARY KEY (id),
    CONSTRAINT fk_case_steps_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_case_steps_document_id ON case_steps (document_id);

CREATE TABLE cases (
    document_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    detected_at TIMESTAMP WITH TIME ZONE NOT NULL,
    by TEXT,
    at TIMESTAMP WITH TIME ZONE,
    note TEXT NOT NULL,
    routed_to TEXT,
    impact_confirmed_at TIMESTAMP WITH TIME ZONE,
    first_statement_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_cases PRIMARY KEY (document_id),
    CONSTRAINT fk_cases_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_cases_status ON cases (status, document_id);

CREATE TABLE indicators (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    masked TEXT NOT NULL,
    digest TEXT NOT NULL,
    cipher BYTEA,
    CONSTRAINT pk_indicators PRIMARY KEY (id),
    CONSTRAINT uq_indicators_document_id_kind_digest UNIQUE (document_id, kind, digest),
    CONSTRAINT fk_indicators_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE labels (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    task TEXT NOT NULL,
    "old" TEXT NOT NULL,
    "new" TEXT NOT NULL,
    by TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason TEXT NOT NULL,
    origin TEXT NOT NULL,
    CONSTRAINT pk_labels PRIMARY KEY (id),
    CONSTRAINT fk_labels_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_labels_document_id_task ON labels (document_id, task);

CREATE TABLE message_documents (
    message BIGINT NOT NULL,
    place INTEGER NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_message_documents PRIMARY KEY (message, place),
    CONSTRAINT fk_message_documents_message_messages FOREIGN KEY(message) REFERENCES messages (id) ON DELETE CASCADE
);

CREATE INDEX ix_message_documents_document ON message_documents (document);

CREATE TABLE report_files (
    week TEXT NOT NULL,
    name TEXT NOT NULL,
    content BYTEA NOT NULL,
    sha256 TEXT NOT NULL,
    CONSTRAINT pk_report_files PRIMARY KEY (week, name),
    CONSTRAINT fk_report_files_week_reports FOREIGN KEY(week) REFERENCES reports (week) ON DELETE CASCADE
);

CREATE TABLE sessions (
    digest TEXT NOT NULL,
    login TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    idle_seconds INTEGER NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (digest),
    CONSTRAINT fk_sessions_login_officers FOREIGN KEY(login) REFERENCES officers (login) ON DELETE CASCADE
);

CREATE INDEX ix_sessions_login ON sessions (login);

CREATE TABLE signatures (
    document_id BIGINT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    province TEXT,
    bands BYTEA NOT NULL,
    minhash BYTEA NOT NULL,
    terms TEXT NOT NULL,
    CONSTRAINT pk_signatures PRIMARY KEY (document_id),
    CONSTRAINT fk_signatures_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE TABLE tags (
    task TEXT NOT NULL,
    value TEXT NOT NULL,
    document_id BIGINT NOT NULL,
    CONSTRAINT pk_tags PRIMARY KEY (task, value, document_id),
    CONSTRAINT fk_tags_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_tags_document_id ON tags (document_id);

CREATE TABLE versions (
    id BIGSERIAL NOT NULL,
    document_id BIGINT NOT NULL,
    version INTEGER NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    digest TEXT NOT NULL,
    title TEXT,
    lead TEXT,
    body TEXT,
    CONSTRAINT pk_versions PRIMARY KEY (id),
    CONSTRAINT uq_versions_document_id_version UNIQUE (document_id, version),
    CONSTRAINT fk_versions_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE
);

CREATE INDEX ix_versions_document_id ON versions (document_id);

CREATE TABLE judged (
    document_id BIGINT NOT NULL,
    assessment_id BIGINT NOT NULL,
    judged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outlet TEXT NOT NULL,
    kind TEXT NOT NULL,
    relevance INTEGER NOT NULL,
    sentiment TEXT,
    target TEXT,
    feedback TEXT NOT NULL,
    spam BOOLEAN NOT NULL,
    commits BOOLEAN NOT NULL,
    contradicted BOOLEAN NOT NULL,
    decision TEXT NOT NULL,
    story TEXT,
    near_duplicate_of TEXT,
    told_on TEXT,
    CONSTRAINT pk_judged PRIMARY KEY (document_id),
    CONSTRAINT fk_judged_document_id_documents FOREIGN KEY(document_id) REFERENCES documents (id) ON DELETE CASCADE,
    CONSTRAINT fk_judged_assessment_id_assessments FOREIGN KEY(assessment_id) REFERENCES assessments (id) ON DELETE CASCADE
);

CREATE INDEX ix_judged_assessment_id ON judged (assessment_id);

CREATE INDEX ix_judged_feedback ON judged (feedback, document_id);

CREATE INDEX ix_judged_outlet ON judged (outlet, document_id);

CREATE INDEX ix_judged_sentiment ON judged (sentiment, document_id);

CREATE INDEX ix_judged_story_outlet ON judged (story, outlet);

CREATE INDEX ix_judged_undigested ON judged (document_id) WHERE told_on IS NULL AND decision IN ('urgent', 'daily');

CREATE TABLE search (
    id BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    CONSTRAINT pk_search PRIMARY KEY (id)
);

CREATE INDEX ix_search_words ON search USING gin (words);
