-- What the engine keeps that is neither row nor fold. All of it can be folded again
-- from the log.

-- How far each partition of the log has been applied. The rows and folds that live
-- batches keep share the projection 'live'.
CREATE TABLE engine.checkpoint (
  projection  text   NOT NULL COLLATE "C",
  topic       text   NOT NULL COLLATE "C",
  partition   int4   NOT NULL,
  next_offset int8   NOT NULL,          -- of the first record not applied
  topic_id    text   NOT NULL DEFAULT '' COLLATE "C", -- of the topic that was read; '' where not told
  recorded    timestamptz,              -- latest recordedtime applied
  PRIMARY KEY (projection, topic, partition)
) WITH (fillfactor = 50);

-- Which generation of a read model serves: read.<table>_<serving>.
CREATE TABLE engine.generation (
  projection text NOT NULL PRIMARY KEY COLLATE "C",
  serving    int4 NOT NULL CHECK (serving > 0),
  version    int4 NOT NULL              -- of the fold's meaning when it was built
);

-- One row an identity: the copy that wins it, and up to which revision it is
-- retracted. revision is null where only a retraction of it has come. It stands
-- where revision > retracted, or where it is a retraction itself.
CREATE TABLE engine.seen (
  identity     uuid NOT NULL PRIMARY KEY,
  revision     int4,
  recorded     timestamptz,
  digest       bytea,
  sha          bytea,                   -- SHA-256 of the record's bytes
  person       uuid,                    -- whose timeline has it where it stands
  retraction   bool NOT NULL DEFAULT false,
  retracted    int4 NOT NULL DEFAULT -1,
  retracted_by uuid                     -- of the retractions that say so, the one of the smallest identity
);

-- Every (revision, digest) of an identity that has more than one. Where one revision
-- has two digests its sender contradicts itself.
CREATE TABLE engine.statement (
  identity uuid  NOT NULL,
  revision int4  NOT NULL,
  digest   bytea NOT NULL,
  PRIMARY KEY (identity, revision, digest)
);

-- Records that cannot be read, until a version that can. Their readers are told.
CREATE TABLE engine.unreadable (
  topic      text  NOT NULL COLLATE "C",
  partition  int4  NOT NULL,
  log_offset int8  NOT NULL,
  reason     text  NOT NULL COLLATE "C",
  record     bytea NOT NULL,
  PRIMARY KEY (topic, partition, log_offset)
);

-- A customer is what persons belong to. Its row is the lock of everything that
-- belongs to it: persons, links, states and rows.
CREATE TABLE engine.customer (
  customer uuid  NOT NULL PRIMARY KEY,  -- smallest of its strong persons, else of all
  root     uuid  NOT NULL,              -- its smallest strong person, else the one the others lean on
  last     bytea,                       -- place in life of its last standing event; null: it has none
  changed  int8  NOT NULL DEFAULT pg_current_xact_id()::text::int8 -- transaction that last wrote it
) WITH (fillfactor = 70);

-- One row a person and interval: a release will cut an identifier in time, and its
-- person before and after are two members. Until then each has one row, for ever.
--
-- Who asks by a shared person is answered with candidates: the customers of those it
-- was seen with,
--   SELECT DISTINCT p.customer FROM engine.link l JOIN engine.person p ON p.person = l.b
--   WHERE l.a = $1 AND NOT l.together AND NOT p.shared
-- and with the calls from it that named nobody: engine.person WHERE leans_on = $1.
CREATE TABLE engine.person (
  person        uuid NOT NULL,
  since         timestamptz NOT NULL DEFAULT '-infinity',
  until         timestamptz NOT NULL DEFAULT 'infinity',   -- exclusive
  kind          text NOT NULL COLLATE "C",  -- account line email phone device reference
  customer      uuid NOT NULL,
  shared        bool NOT NULL DEFAULT false, -- weak, and seen with several customers
  first         timestamptz,                -- of its standing events in the timeline; null: none
  last          timestamptz,
  leans_on      uuid,                       -- a reference's: whom it belongs with, if that one belongs
  falls_back_on uuid,                       -- its weak identifier, where it leans on a reference
  naming        bytea,                      -- a reference's: what its events name (see projections)
  PRIMARY KEY (person, since)
) WITH (fillfactor = 80);
CREATE INDEX person_customer ON engine.person (customer);
CREATE INDEX person_leans_on ON engine.person (leans_on) WHERE leans_on IS NOT NULL;
CREATE INDEX person_falls_back_on ON engine.person (falls_back_on) WHERE falls_back_on IS NOT NULL;

-- Two persons that stand together (strong, a < b) or were seen together (a is the
-- weaker). n counts the standing events that say so, and for a weak person each
-- reference that was seen with it and whose own naming is b.
CREATE TABLE engine.link (
  a        uuid NOT NULL,
  b        uuid NOT NULL,
  together bool NOT NULL,
  n        int4 NOT NULL CHECK (n > 0),
  PRIMARY KEY (a, b)
) WITH (fillfactor = 80);
CREATE INDEX link_b ON engine.link (b);
