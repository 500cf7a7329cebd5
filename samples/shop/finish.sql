-- Counters count from here; statistics once, and what VACUUM sets: all-visible pages and hint bits.
SELECT pg_stat_reset();
VACUUM (ANALYZE);
