-- Tenants that see their own rows, auditors that see more, an administrator that bypasses, and an
-- owner that is made to obey. Roles belong to the server, not to a database.
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rls_app') THEN
  CREATE ROLE rls_owner; CREATE ROLE rls_app; CREATE ROLE rls_auditor; CREATE ROLE rls_admin BYPASSRLS; CREATE ROLE
  rls_member IN ROLE rls_app; END IF; END $$;

CREATE TABLE tenants (id int PRIMARY KEY, name text NOT NULL, plan text);
CREATE TYPE state AS ENUM ('open', 'paid', 'shipped', 'void');
CREATE TABLE orders (id bigint PRIMARY KEY, tenant_id int NOT NULL REFERENCES tenants, customer text,
  status state NOT NULL, amount numeric(10, 2), created_at timestamptz NOT NULL, note text,
  deleted boolean NOT NULL DEFAULT false);
CREATE TABLE items (order_id bigint NOT NULL REFERENCES orders, no int, tenant_id int NOT NULL, sku text, qty int,
  PRIMARY KEY (order_id, no));
CREATE TABLE members (tenant_id int, user_name text, role text, PRIMARY KEY (tenant_id, user_name));
CREATE TABLE events (id bigint, tenant_id int NOT NULL, at timestamptz NOT NULL, kind text, PRIMARY KEY (id, at))
  PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
CREATE TABLE profiles (id uuid PRIMARY KEY, tenant_id int, email text, tags text[], data jsonb);

INSERT INTO tenants SELECT i, 'T' || i, (ARRAY['free', 'pro', 'ent'])[1 + i % 3] FROM generate_series(1, 200) i;
INSERT INTO orders SELECT i, 1 + (i * 7919 % 200), 'c' || (i % 5000),
  (ARRAY['open', 'paid', 'shipped', 'void'])[1 + (i % 97) / 32]::state, (i % 10000) / 7.0,
  timestamptz '2025-01-01' + i * interval '1 minute', repeat('x', i % 40), i % 50 = 0 FROM generate_series(1, 30000) i;
INSERT INTO items SELECT i, n, 1 + (i * 7919 % 200), 'S' || (i * n % 900), n
  FROM generate_series(1, 15000) i, generate_series(1, 2) n;
INSERT INTO members SELECT 1 + i % 200, 'u' || i, (ARRAY['admin', 'agent'])[1 + i % 2] FROM generate_series(1, 1000) i;
INSERT INTO events SELECT i, 1 + i % 200, timestamptz '2025-01-01' + i * interval '2 minutes', 'k' || i % 9
  FROM generate_series(1, 30000) i;
INSERT INTO profiles SELECT ('00000000-0000-0000-0000-' || lpad(i::text, 12, '0'))::uuid, i % 90, 'p' || i || '@x.org',
  ARRAY['t' || i % 7, 't' || i % 13], jsonb_build_object('n', i % 31) FROM generate_series(1, 8000) i;

CREATE INDEX ON orders (tenant_id, created_at);
CREATE INDEX ON orders (status);
CREATE INDEX ON orders (customer);
CREATE INDEX ON orders (amount);
CREATE INDEX ON items (sku);
CREATE INDEX ON items (tenant_id);
CREATE INDEX ON events (tenant_id);
CREATE INDEX ON events (kind);
CREATE INDEX ON profiles (email);
CREATE INDEX ON profiles USING gin (tags);
CREATE INDEX ON profiles (lower(email));
CREATE STATISTICS orders_state ON status, deleted FROM orders;

CREATE FUNCTION current_tenant() RETURNS int STABLE LANGUAGE sql AS $$ SELECT current_setting('app.tenant')::int $$;

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
ALTER TABLE members ENABLE ROW LEVEL SECURITY;
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE events OWNER TO rls_owner;
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orders USING (tenant_id = current_setting('app.tenant')::int);
CREATE POLICY live ON orders AS RESTRICTIVE FOR SELECT USING (NOT deleted);
CREATE POLICY auditors ON orders FOR SELECT TO rls_auditor USING (created_at < '2025-01-10');
CREATE POLICY of_orders ON items USING (EXISTS (SELECT FROM orders o
  WHERE o.id = items.order_id AND o.tenant_id = items.tenant_id));
CREATE POLICY own ON members FOR SELECT USING (role = 'agent' OR user_name LIKE 'u1%');
CREATE POLICY agents ON members FOR UPDATE USING (role = 'agent');
CREATE POLICY listed ON events USING (tenant_id = ANY (string_to_array(current_setting('app.tenants'), ',')::int[]));
CREATE POLICY mine ON profiles USING ((SELECT current_tenant()) = tenant_id);
CREATE POLICY colleagues ON profiles FOR SELECT USING (tenant_id IN (SELECT t.id FROM tenants t WHERE t.plan = 'pro'));

CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open';
CREATE VIEW invoker_orders WITH (security_invoker = true) AS SELECT * FROM orders WHERE status = 'open';
CREATE VIEW owned_events AS SELECT * FROM events;
ALTER VIEW owned_events OWNER TO rls_owner;
CREATE VIEW barrier_orders WITH (security_barrier = true, security_invoker = true) AS
  SELECT id, customer, amount FROM orders WHERE amount > 10;
GRANT ALL ON ALL TABLES IN SCHEMA public TO public;
ANALYZE;
