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
  record    bytea COMPRESSION lz4 NOT NULL
);
CREATE INDEX timeline_1_person ON read.timeline_1 (person, time);
CREATE INDEX timeline_1_reference ON read.timeline_1 (reference) WHERE reference IS NOT NULL;

INSERT INTO engine.generation (projection, serving, version) VALUES ('timeline', 1, 1);
