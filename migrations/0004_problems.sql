-- The fold of problems, generation 1. A customer's problems are numbered in life
-- order from 0; a number stays what it is whatever is joined to it.
--
-- A row of problem_event, step, answer or promise is in the problem
--
--   SELECT p.whole FROM read.problem_1 p
--   WHERE p.customer = x.customer
--     AND p.problem = coalesce(x.problem, (SELECT n.problem FROM read.first_named_1 n
--                              WHERE n.customer = x.customer AND n.interaction = x.interaction))
--
-- and in none where that finds no row: x.problem is what was known at its place in
-- the life, else its interaction's first naming answers, else nothing.

-- One row a problem. One that was joined to another keeps its number, says which is
-- now the whole, and has status 'joined': its columns say nothing more.
CREATE TABLE read.problem_1 (
  customer     uuid NOT NULL,
  problem      int8 NOT NULL,
  whole        int8 NOT NULL,              -- itself where it was not joined
  status       text NOT NULL COLLATE "C",  -- open closed joined
  reason       text COLLATE "C",           -- last given; null where none was
  first_reason text COLLATE "C",
  asset        uuid,
  asset_kind   text COLLATE "C",
  touched      timestamptz NOT NULL,
  contacts     int8 NOT NULL,
  last_contact timestamptz,                -- when the last of them came
  reopenings   int8 NOT NULL,              -- contacts that came when it was closed
  joined_by    text NOT NULL COLLATE "C",  -- TICKET ASSET_AND_REASON REASON HAND: the weakest
  words_person uuid,                       -- whose timeline has the earliest event with words
  words_event  uuid,
  PRIMARY KEY (customer, problem)
) WITH (fillfactor = 70);

-- The event that opened it: the problem's id. One row a number, never changed.
CREATE TABLE read.problem_opening_1 (
  customer uuid NOT NULL,
  problem  int8 NOT NULL,
  event    uuid NOT NULL,
  person   uuid NOT NULL,                  -- whose timeline has the event
  opened   timestamptz NOT NULL,
  PRIMARY KEY (customer, problem)
);

-- One row a standing event. channel is null where neither the event nor its
-- interaction had said it by then: the interaction's start in contact_1 may say it.
CREATE TABLE read.problem_event_1 (
  customer    uuid NOT NULL,
  event       uuid NOT NULL,
  person      uuid NOT NULL,               -- whose timeline has it
  at          timestamptz NOT NULL,
  problem     int8,
  interaction uuid,                        -- the person of its reference
  channel     text COLLATE "C",
  joined_by   text COLLATE "C",
  PRIMARY KEY (customer, event)
);
CREATE INDEX problem_event_1_problem ON read.problem_event_1 (customer, problem, at DESC);
CREATE INDEX problem_event_1_interaction ON read.problem_event_1 (customer, interaction, at DESC);
CREATE INDEX problem_event_1_channel ON read.problem_event_1 (customer, channel, at DESC);

-- The problem that an interaction named first.
CREATE TABLE read.first_named_1 (
  customer    uuid NOT NULL,
  interaction uuid NOT NULL,
  problem     int8 NOT NULL,
  PRIMARY KEY (customer, interaction)
);

-- One row a ticket that some event named.
CREATE TABLE read.ticket_1 (
  customer  uuid NOT NULL,
  space     text NOT NULL COLLATE "C",
  number    text NOT NULL COLLATE "C",
  problem   int8 NOT NULL,
  status    text NOT NULL COLLATE "C",     -- named open resolved closed merged deleted
  touched   timestamptz NOT NULL,
  joined_by text NOT NULL COLLATE "C",
  PRIMARY KEY (customer, space, number)
) WITH (fillfactor = 70);
CREATE INDEX ticket_1_problem ON read.ticket_1 (customer, problem);

-- What was said of an interaction: of each word the last. An interaction is the
-- aggregate of its rows; no column is given by two words but waits, which an answer
-- or, where there was none, an end gives.
CREATE TABLE read.contact_1 (
  customer        uuid NOT NULL,
  interaction     uuid NOT NULL,
  word            text NOT NULL COLLATE "C", -- started answered transferred ended wrapped verified
  event           uuid NOT NULL,
  person          uuid NOT NULL,
  at              timestamptz NOT NULL,
  vendor          text NOT NULL COLLATE "C",
  site            text COLLATE "C",
  channel         text COLLATE "C",
  direction       text COLLATE "C",
  queue           text COLLATE "C",
  number_dialled  text COLLATE "C",
  calling_network text COLLATE "C",
  ivr_wait        float8,
  queue_wait      float8,
  ring_wait       float8,
  talk            float8,
  hold            float8,
  wrap            float8,
  ended_as        text COLLATE "C",          -- completed abandoned deflected contained cut transferred
  disposition     text COLLATE "C",
  reason          text COLLATE "C",          -- the contact's disposition may differ from its problem's reason
  resolution      text COLLATE "C",          -- resolved unresolved pending
  said_by         text COLLATE "C",
  level           text COLLATE "C",          -- none number knowledge strong
  party           text COLLATE "C",          -- holder user authorised other
  PRIMARY KEY (customer, interaction, word)
) WITH (fillfactor = 70);

-- A step tried, and its conclusion where it was pending: two rows of one step.
CREATE TABLE read.step_1 (
  customer    uuid NOT NULL,
  step        uuid NOT NULL,                 -- the event of its trying
  word        text NOT NULL COLLATE "C",     -- tried concluded
  event       uuid NOT NULL,
  person      uuid NOT NULL,
  at          timestamptz NOT NULL,
  problem     int8,
  interaction uuid,
  code        text NOT NULL COLLATE "C",
  outcome     text NOT NULL COLLATE "C",     -- worked failed inconclusive refused pending
  by          text COLLATE "C",
  PRIMARY KEY (customer, step, word)
);
CREATE INDEX step_1_problem ON read.step_1 (customer, problem);

-- What makes a remedy worth trying again beside a step that worked.
CREATE TABLE read.reset_1 (
  customer    uuid NOT NULL,
  event       uuid NOT NULL,
  at          timestamptz NOT NULL,
  problem     int8,
  interaction uuid,
  what        text NOT NULL COLLATE "C",     -- equipment.changed:<equipment> line.measured:<measure>
  PRIMARY KEY (customer, event)
);

CREATE TABLE read.answer_1 (
  customer    uuid NOT NULL,
  event       uuid NOT NULL,
  person      uuid NOT NULL,
  at          timestamptz NOT NULL,
  problem     int8,
  interaction uuid,
  article     text COLLATE "C",
  has_words   bool NOT NULL,                 -- sealed in the event
  PRIMARY KEY (customer, event)
);
CREATE INDEX answer_1_problem ON read.answer_1 (customer, problem, at DESC);

-- What was said of a promise: of each word the last. Its due date and amount are
-- the renegotiated ones where they were; its state the last word's.
CREATE TABLE read.promise_1 (
  customer    uuid NOT NULL,
  vendor      text NOT NULL COLLATE "C",     -- within which its id is unique
  promise     text NOT NULL COLLATE "C",     -- a claim without an id has its event's
  word        text NOT NULL COLLATE "C",     -- made claimed renegotiated declared kept broken credited
  event       uuid NOT NULL,
  person      uuid NOT NULL,
  at          timestamptz NOT NULL,
  problem     int8,
  interaction uuid,
  what        text COLLATE "C",
  amount      text COLLATE "C",
  currency    text COLLATE "C",
  due         timestamptz,
  made_by     text COLLATE "C",
  owed_by     text COLLATE "C",
  proof       uuid,                          -- the event that proves it kept
  has_words   bool NOT NULL,
  PRIMARY KEY (customer, vendor, promise, word)
);

-- Where the value of an identifier is sealed: the earliest standing event that names
-- its person and has sealed identifiers.
CREATE TABLE read.identifier_1 (
  customer   uuid NOT NULL,
  identifier uuid NOT NULL,                  -- the identifier's person
  kind       text NOT NULL COLLATE "C",
  event      uuid NOT NULL,
  person     uuid NOT NULL,                  -- whose timeline has the event
  at         timestamptz NOT NULL,
  PRIMARY KEY (customer, identifier)
);

-- The state of the fold, as projections.Problems writes it.
CREATE TABLE read.problems_state_1 (
  customer uuid NOT NULL PRIMARY KEY,
  state    bytea NOT NULL
) WITH (fillfactor = 70);
ALTER TABLE read.problems_state_1 ALTER COLUMN state SET STORAGE MAIN;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
    ALTER TABLE read.problems_state_1 ALTER COLUMN state SET COMPRESSION lz4;
  END IF;
END
$$;

INSERT INTO engine.generation (projection, serving, version) VALUES ('problems', 1, 1);
