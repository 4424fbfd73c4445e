-- +goose Up
CREATE TABLE institutions (
  id          text PRIMARY KEY,
  slug        text NOT NULL UNIQUE,
  name        text NOT NULL,
  base_url    text NOT NULL,
  did         text NOT NULL UNIQUE,
  profile     text NOT NULL,
  policy      text NOT NULL,
  created_at  bigint NOT NULL,
  updated_at  bigint NOT NULL,
  version     bigint NOT NULL
);

CREATE TABLE accounts (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  email          text NOT NULL,
  email_key      text NOT NULL,
  name           text NOT NULL,
  roles          text NOT NULL,
  learner_id     text,
  password_hash  text NOT NULL,
  disabled       boolean NOT NULL,
  created_at     bigint NOT NULL,
  UNIQUE (institution_id, email_key)
);
CREATE INDEX accounts_email ON accounts (email_key);
CREATE UNIQUE INDEX accounts_learner ON accounts (learner_id) WHERE learner_id IS NOT NULL;

CREATE TABLE signin_links (
  token_hash text PRIMARY KEY,
  account_id text NOT NULL REFERENCES accounts (id),
  reusable   boolean NOT NULL,
  expires_at bigint NOT NULL,
  used_at    bigint NOT NULL
);

CREATE TABLE sessions (
  token_hash text PRIMARY KEY,
  data       bytea NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE learners (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  source_key     text NOT NULL,
  name           text NOT NULL,
  name_key       text NOT NULL,
  email          text NOT NULL,
  identifiers    text NOT NULL,
  subject_id     text NOT NULL UNIQUE,
  record_id      text NOT NULL UNIQUE,
  guardian       boolean NOT NULL,
  language       text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL,
  UNIQUE (institution_id, source_key)
);
CREATE INDEX learners_name ON learners (institution_id, name_key, id);

CREATE TABLE achievements (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  iri            text NOT NULL,
  source_key     text NOT NULL,
  version        text NOT NULL,
  type           text NOT NULL,
  name           text NOT NULL,
  code           text NOT NULL,
  body           text NOT NULL,
  hash           text NOT NULL,
  generated      text NOT NULL,
  is_current     boolean NOT NULL,
  created_at     bigint NOT NULL,
  UNIQUE (institution_id, source_key, version)
);
CREATE UNIQUE INDEX achievements_current ON achievements (institution_id, source_key) WHERE is_current;
CREATE INDEX achievements_iri ON achievements (institution_id, iri);

CREATE TABLE associations (
  institution_id text NOT NULL REFERENCES institutions (id),
  type           text NOT NULL,
  source_iri     text NOT NULL,
  target_iri     text NOT NULL,
  PRIMARY KEY (institution_id, source_iri, type, target_iri)
);

CREATE TABLE frameworks (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  iri            text NOT NULL,
  title          text NOT NULL,
  kind           text NOT NULL,
  body           bytea NOT NULL,
  sha256         text NOT NULL,
  created_at     bigint NOT NULL,
  UNIQUE (institution_id, iri, sha256)
);

CREATE TABLE batches (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  format         text NOT NULL,
  source         text NOT NULL,
  file_name      text NOT NULL,
  sha256         text NOT NULL,
  state          text NOT NULL,
  counts         text NOT NULL,
  findings       text NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  committed_at   bigint NOT NULL,
  undone_at      bigint NOT NULL
);
CREATE INDEX batches_recent ON batches (institution_id, created_at, id);

CREATE TABLE batch_files (
  batch_id text NOT NULL REFERENCES batches (id),
  position bigint NOT NULL,
  name     text NOT NULL,
  data     bytea NOT NULL,
  PRIMARY KEY (batch_id, position)
);

CREATE TABLE awards (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  achievement_id text NOT NULL REFERENCES achievements (id),
  source_key     text NOT NULL,
  source         text NOT NULL,
  revision       bigint NOT NULL,
  hash           text NOT NULL,
  batch_id       text NOT NULL,
  row_number     bigint NOT NULL,
  state          text NOT NULL,
  detail         text NOT NULL,
  credential_id  text NOT NULL,
  replaces       text NOT NULL,
  reason         text NOT NULL,
  prepared_by    text NOT NULL,
  approved_by    text NOT NULL,
  approved_at    bigint NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL,
  UNIQUE (institution_id, source_key, revision),
  UNIQUE (credential_id, revision)
);
-- One award of a source row is in force, and at most one waits to take its place.
CREATE UNIQUE INDEX awards_in_force ON awards (institution_id, source_key) WHERE state = 'issued';
CREATE UNIQUE INDEX awards_waiting ON awards (institution_id, source_key) WHERE state IN ('draft', 'approved');
CREATE INDEX awards_state ON awards (institution_id, state, id);
CREATE INDEX awards_learner ON awards (learner_id, state);
CREATE INDEX awards_batch ON awards (batch_id, row_number);

CREATE TABLE issuing_keys (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  fragment       text NOT NULL,
  algorithm      text NOT NULL,
  suite          text NOT NULL,
  multikey       text NOT NULL UNIQUE,
  sealed         bytea NOT NULL,
  state          text NOT NULL,
  created_at     bigint NOT NULL,
  ended_at       bigint NOT NULL,
  UNIQUE (institution_id, fragment)
);
CREATE UNIQUE INDEX issuing_keys_active ON issuing_keys (institution_id) WHERE state = 'active';

CREATE TABLE runs (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  state          text NOT NULL,
  total          bigint NOT NULL,
  done           bigint NOT NULL,
  failed         bigint NOT NULL,
  requested_by   text NOT NULL,
  created_at     bigint NOT NULL,
  finished_at    bigint NOT NULL
);
CREATE INDEX runs_recent ON runs (institution_id, created_at, id);
CREATE INDEX runs_open ON runs (state) WHERE state IN ('queued', 'running');

CREATE TABLE run_items (
  run_id     text NOT NULL REFERENCES runs (id),
  learner_id text NOT NULL REFERENCES learners (id),
  state      text NOT NULL,
  error      text NOT NULL,
  attempts   bigint NOT NULL,
  issued_at  bigint NOT NULL,
  PRIMARY KEY (run_id, learner_id)
);
-- A learner waits in one run at a time, so that two runs cannot sign the same record side by side.
CREATE UNIQUE INDEX run_items_pending ON run_items (learner_id) WHERE state = 'pending';

CREATE TABLE status_lists (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  number         bigint NOT NULL,
  size           bigint NOT NULL,
  used           bigint NOT NULL,
  UNIQUE (institution_id, number)
);

CREATE TABLE status_entries (
  list_id    text NOT NULL REFERENCES status_lists (id),
  idx        bigint NOT NULL,
  uri        text NOT NULL,
  revision   bigint NOT NULL,
  revoked    boolean NOT NULL,
  suspended  boolean NOT NULL,
  reason     text NOT NULL,
  changed_at bigint NOT NULL,
  PRIMARY KEY (list_id, idx),
  UNIQUE (uri, revision)
);
CREATE INDEX status_entries_set ON status_entries (list_id) WHERE revoked OR suspended;

CREATE TABLE credentials (
  id             text PRIMARY KEY,
  path_id        text NOT NULL,
  uri            text NOT NULL,
  revision       bigint NOT NULL,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  award_id       text NOT NULL,
  kind           text NOT NULL,
  name           text NOT NULL,
  issuer         text NOT NULL,
  subject        text NOT NULL,
  suite          text NOT NULL,
  valid_from     bigint NOT NULL,
  valid_until    bigint NOT NULL,
  sha256         text NOT NULL,
  bytes          bytea NOT NULL,
  state          text NOT NULL,
  status_list    text NOT NULL,
  status_index   bigint NOT NULL,
  run_id         text NOT NULL,
  created_at     bigint NOT NULL,
  UNIQUE (uri, revision),
  UNIQUE (uri, valid_from),
  UNIQUE (status_list, status_index)
);
-- One version of a credential is the current one, suspended or not.
CREATE UNIQUE INDEX credentials_current ON credentials (uri) WHERE state IN ('current', 'suspended');
CREATE INDEX credentials_path ON credentials (path_id, revision);
CREATE INDEX credentials_learner ON credentials (learner_id, state, kind);
CREATE INDEX credentials_award ON credentials (award_id);

CREATE TABLE shares (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  token_hash     text NOT NULL UNIQUE,
  label          text NOT NULL,
  audience       text NOT NULL,
  note           text NOT NULL,
  whole          boolean NOT NULL,
  passcode_hash  text NOT NULL,
  wrong_passcodes bigint NOT NULL,
  allow_download boolean NOT NULL,
  expires_at     bigint NOT NULL,
  revoked_at     bigint NOT NULL,
  created_at     bigint NOT NULL,
  openings       bigint NOT NULL,
  last_opened    bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX shares_learner ON shares (learner_id, created_at);

CREATE TABLE share_items (
  share_id text NOT NULL REFERENCES shares (id),
  position bigint NOT NULL,
  uri      text NOT NULL,
  name     text NOT NULL,
  sha256   text NOT NULL,
  bytes    bytea NOT NULL,
  PRIMARY KEY (share_id, position)
);
CREATE INDEX share_items_uri ON share_items (uri);

CREATE TABLE share_openings (
  share_id text NOT NULL REFERENCES shares (id),
  seq      bigint NOT NULL,
  at       bigint NOT NULL,
  act      text NOT NULL,
  PRIMARY KEY (share_id, seq)
);

CREATE TABLE documents (
  url            text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  content_type   text NOT NULL,
  bytes          bytea NOT NULL,
  sha256         text NOT NULL,
  updated_at     bigint NOT NULL
);

CREATE TABLE audit_heads (
  institution_id text PRIMARY KEY REFERENCES institutions (id),
  seq            bigint NOT NULL,
  hash           text NOT NULL
);

CREATE TABLE audit_events (
  institution_id text NOT NULL REFERENCES institutions (id),
  seq            bigint NOT NULL,
  at             bigint NOT NULL,
  actor          text NOT NULL,
  action         text NOT NULL,
  object         text NOT NULL,
  learner_id     text NOT NULL,
  detail         text NOT NULL,
  previous       text NOT NULL,
  hash           text NOT NULL,
  PRIMARY KEY (institution_id, seq)
);
CREATE INDEX audit_events_object ON audit_events (object);
CREATE INDEX audit_events_learner ON audit_events (learner_id);
