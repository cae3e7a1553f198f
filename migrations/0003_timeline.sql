-- The timeline, generation 1: one row a standing event, the record as the log has
-- it. A page goes through the persons of a customer, each by (person, time DESC), in
-- the order of life: time, source, subject, sequence, id.
CREATE TABLE read.timeline_1 (
  identity  uuid NOT NULL PRIMARY KEY,
  person    uuid NOT NULL,
  reference uuid,                       -- its interaction's or subject's
  time      timestamptz NOT NULL,
  source    text NOT NULL COLLATE "C",
  subject   text NOT NULL COLLATE "C",
  sequence  int8 NOT NULL,              -- -1 where absent
  id        text NOT NULL COLLATE "C",
  type      text NOT NULL COLLATE "C",
  vendor    text NOT NULL COLLATE "C",
  record    bytea NOT NULL
);
CREATE INDEX timeline_1_person ON read.timeline_1 (person, time);
CREATE INDEX timeline_1_reference ON read.timeline_1 (reference) WHERE reference IS NOT NULL;

-- lz4 takes less time than pglz, but not every server is built with it.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE read.timeline_1 ALTER COLUMN record SET COMPRESSION lz4;
  END IF;
END
$$;

INSERT INTO engine.generation (projection, serving, version) VALUES ('timeline', 1, 1);
