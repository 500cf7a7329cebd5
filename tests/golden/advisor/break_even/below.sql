-- quern: calls=100000
UPDATE players SET score = 4711 WHERE id = 815;
-- quern: calls=40
SELECT id, name FROM players WHERE score = 4711;
