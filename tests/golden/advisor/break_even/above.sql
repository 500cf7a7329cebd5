-- quern: calls=100000
UPDATE players SET score = 4711 WHERE id = 815;
-- quern: calls=400
SELECT id, name FROM players WHERE score = 4711;
