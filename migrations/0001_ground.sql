-- The ring is the one schema that is backed up. engine and read can be dropped and
-- folded again from the log.
CREATE SCHEMA ring;
CREATE SCHEMA engine;
CREATE SCHEMA read;

-- Roles belong to the whole cluster: another database may have made this one, or be
-- making it now.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tellonce_api') THEN
    CREATE ROLE tellonce_api NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN
    NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'role tellonce_api is missing and % may not make roles', current_user
      USING ERRCODE = 'insufficient_privilege',
            HINT = 'Run CREATE ROLE tellonce_api NOLOGIN as an administrator, then migrate again.';
END
$$;

-- Whoever owns the tables may put the role on, so that one login can serve both.
-- Where it may not be given, readers need a login of their own that is a member.
DO $$
BEGIN
  IF NOT pg_has_role(current_user, 'tellonce_api', 'USAGE') THEN
    EXECUTE format('GRANT tellonce_api TO %I', current_user);
  END IF;
EXCEPTION WHEN unique_violation OR insufficient_privilege THEN
  NULL;
END
$$;

-- One row an identifier (or a reference, once something is sealed under it).
CREATE TABLE ring.person (
  hash   bytea NOT NULL PRIMARY KEY CHECK (octet_length(hash) = 32),  -- keyed hash of kind and normal form
  person uuid  NOT NULL UNIQUE,
  kind   text  NOT NULL COLLATE "C",
  seed   bytea,                          -- wrapped by the master key; null: destroyed, nothing of theirs opens again
  wrap   text  NOT NULL COLLATE "C",     -- id of that master key
  made   timestamptz NOT NULL DEFAULT now()
);

-- What the keys of this installation are known by, so that others are refused.
CREATE TABLE ring.installation (
  one        boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
  id         uuid  NOT NULL,
  hash_check bytea NOT NULL,
  wrap       text  NOT NULL COLLATE "C", -- id of the master key in use
  made       timestamptz NOT NULL DEFAULT now()
);

GRANT USAGE ON SCHEMA ring, engine, read TO tellonce_api;
GRANT SELECT ON ring.person, ring.installation TO tellonce_api;
ALTER DEFAULT PRIVILEGES IN SCHEMA engine GRANT SELECT ON TABLES TO tellonce_api;
ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO tellonce_api;
