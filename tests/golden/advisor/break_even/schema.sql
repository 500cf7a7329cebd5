-- A score that is updated all the time, and looked up by value now and then. Three more indexes lose
-- their HOT updates with an index on it.
CREATE TABLE players (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  team int NOT NULL,
  joined timestamptz NOT NULL,
  score int NOT NULL
) WITH (fillfactor = 70);
INSERT INTO players
  SELECT i, 'player ' || md5(i::text), i * 7919 % 2000,
    timestamptz '2020-01-01 00:00+00' + i * 7919 % 100000 * interval '11 minutes', i::bigint * 104729 % 50000
  FROM generate_series(1, 100000) i;
CREATE INDEX players_team_idx ON players (team);
CREATE INDEX players_joined_idx ON players (joined);
CREATE INDEX players_name_idx ON players (name);
VACUUM ANALYZE players;
