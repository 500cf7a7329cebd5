-- Statistics, once, and what VACUUM sets: all-visible pages and hint bits.
VACUUM (ANALYZE);
